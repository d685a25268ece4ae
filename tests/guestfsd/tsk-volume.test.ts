/** Reading a filesystem with libtsk: an ext4 image, with debugfs for what is deleted and damaged; fls of The Sleuth Kit judges. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, it } from "vitest";

import { TskVolume, type TskDirent } from "../../guestfsd/tsk-volume.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-tsk-"));
const image = join(folder, "image");
const VMDK = `# Disk DescriptorFile
version=1
CID=fffffffe
parentCID=ffffffff
createType="monolithicFlat"

# Extent description
RW 8192 FLAT "image" 0

# The Disk Data Base
#DDB

ddb.virtualHWVersion = "4"
ddb.geometry.cylinders = "8"
ddb.geometry.heads = "16"
ddb.geometry.sectors = "63"
ddb.adapterType = "ide"
`;
const MTIME = 1_600_000_000;

const debugfs = (...commands: string[]): void => {
  for (const command of commands) execFileSync("debugfs", ["-w", "-R", command, image], { stdio: "ignore" });
};

beforeAll(() => {
  const tree = join(folder, "tree");
  mkdirSync(join(tree, "folder/sub"), { recursive: true });
  writeFileSync(join(tree, "folder/sub/file"), "text");
  utimesSync(join(tree, "folder/sub/file"), MTIME, MTIME);
  symlinkSync("/some/where", join(tree, "link"));
  writeFileSync(join(tree, "gone"), "deleted");
  writeFileSync(image, "");
  execFileSync("mke2fs", ["-q", "-t", "ext4", "-I", "256", "-d", tree, image, "4M"]);
  debugfs("mknod pipe p", "rm gone");
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function read(inode?: bigint): TskDirent[] {
  const volume = new TskVolume(image);
  try {
    return [...volume.dirents(inode)];
  } finally {
    volume.close();
  }
}

const named = (name: string): TskDirent | undefined => read().find(({ tsk_name }) => tsk_name === name);
const letter = ({ tsk_type }: TskDirent): string => String.fromCharCode(tsk_type);

it("lists the names that fls lists", () => {
  const fls = execFileSync("fls", ["-r", "-p", image], { encoding: "utf8" });
  const listed = fls
    .split("\n")
    .flatMap((line) => /^\S+ (?:\* )?(\d+)(?:\(realloc\))?:\t(.*)$/.exec(line)?.slice(1, 3).join(" ") ?? []);

  const ours = read().map(({ tsk_inode, tsk_name }) => `${tsk_inode} ${tsk_name}`);

  // Of the directory that libtsk makes up, only the name; and the root, which fls leaves out.
  const expected = [...listed.filter((line) => !line.includes("$OrphanFiles/")), "2 ."];
  expect(ours.toSorted()).toEqual(expected.toSorted());
});

it("tells what a file is", () => {
  const file = named("folder/sub/file");

  expect(file).toMatchObject({
    tsk_size: 4n,
    tsk_flags: 1,
    tsk_mtime_sec: BigInt(MTIME),
    tsk_mtime_nsec: 0n,
    tsk_nlink: 1n,
    tsk_link: "",
  });
  expect(read().map((dirent) => `${letter(dirent)} ${dirent.tsk_name}`)).toEqual(
    expect.arrayContaining(["d folder", "d folder/sub", "r folder/sub/file", "l link", "f pipe"]),
  );
  expect(named("link")?.tsk_link).toBe("/some/where");
});

it("lists a deleted file as such", () => {
  expect(named("gone")?.tsk_flags).toBe(0);
});

it("finds the names of an inode", () => {
  const inode = named("folder/sub/file")?.tsk_inode;

  expect(read(inode).map(({ tsk_name }) => tsk_name)).toEqual(["folder/sub/file"]);
  expect(read(9999n)).toEqual([]);
});

it("does not go round in a directory that holds its parent", () => {
  debugfs("ln folder folder/sub/loop");

  expect(
    read()
      .filter(({ tsk_name }) => tsk_name.startsWith("folder/sub/loop"))
      .map(({ tsk_name }) => tsk_name),
  ).toEqual(["folder/sub/loop"]);
});

it.each([
  ["nothing", ""],
  ["the description of a VMDK that names another file", VMDK],
])("knows no filesystem in %s", (_what, content) => {
  const other = join(folder, "other");
  writeFileSync(other, content.padEnd(8192, "\n"));

  expect(() => new TskVolume(other)).toThrow(/cannot determine file ?system type/i);
});
