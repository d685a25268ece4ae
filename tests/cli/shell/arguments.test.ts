import { expect, test } from "vitest";

import { argumentsFromWords } from "../../../cli/shell/arguments.ts";
import { UsageError } from "../../../cli/shell/usage-error.ts";
import { actions } from "../../../schemas/index.ts";

test("takes required arguments by position and optional ones by name", () => {
  const args = argumentsFromWords("mkfs", actions.mkfs, ["ext4", "/dev/sda1", "blocksize:4K", "label:a:b"]);

  expect(args).toEqual({ fstype: "ext4", device: "/dev/sda1", blocksize: 4096, label: "a:b" });
});

test.each([
  ["chmod", ["0644", "/f"], { mode: 0o644, path: "/f" }],
  ["part_add", ["/dev/sda", "p", "2048", "-1"], { device: "/dev/sda", prlogex: "p", startsect: 2048n, endsect: -1n }],
  ["vgcreate", ["VG", "/dev/sda1 /dev/sdb1"], { volgroup: "VG", physvols: ["/dev/sda1", "/dev/sdb1"] }],
  ["download", ["/f", "-"], { remotefilename: "/f", filename: "/dev/stdout" }],
  ["tar_in", ["-", "/d", "compress:gzip"], { tarfile: "/dev/stdin", directory: "/d", compress: "gzip" }],
  ["tar_out", ["/d", "a.tar"], { directory: "/d", tarfile: "a.tar" }],
  ["is_file", ["/f", "followsymlinks:true"], { path: "/f", followsymlinks: true }],
  ["hivex_commit", [""], { filename: null }],
  ["hivex_commit", ["/f"], { filename: "/f" }],
] as const)("converts the arguments of %s", (name, words, expected) => {
  expect(argumentsFromWords(name, actions[name], words)).toEqual(expected);
});

test.each([
  ["mkdir", []],
  ["mkdir", ["/a", "/b"]],
  ["chmod", ["99", "/f"]],
  ["is_file", ["/f", "followsymlinks:perhaps"]],
  ["mkfs", ["ext4", "/dev/sda1", "colour:red"]],
] as const)("refuses %s %j with its usage", (name, words) => {
  expect(() => argumentsFromWords(name, actions[name], words)).toThrow(UsageError);
});
