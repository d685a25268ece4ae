/** What a template depends on: each part changes the key, nothing else does. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import type { Machine } from "../../../engine/qemu-command.ts";
import { Digests } from "../../../engine/template/digests.ts";
import { templateKey } from "../../../engine/template/key.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-key-"));
afterAll(() => rmSync(folder, { recursive: true }));

for (const name of ["qemu", "qemu2", "kernel", "initrd", "root"]) writeFileSync(join(folder, name), "content");

const machine: Machine = {
  accelerator: "tcg",
  memsize: 1280,
  smp: 1,
  network: false,
  verbose: false,
  append: "",
  appliance: {
    directory: folder,
    kernel: join(folder, "kernel"),
    initrd: join(folder, "initrd"),
    root: { file: join(folder, "root"), uuid: "u" },
    own: true,
  },
};
const key = (hv: string, with_: Machine): string => templateKey(join(folder, hv), with_, new Digests(folder)).key;
const reference = key("qemu", machine);

test("is the same for the same launch", () => {
  expect(key("qemu", { ...machine })).toBe(reference);
});

test.each<[string, Partial<Machine>]>([
  ["memory", { memsize: 1281 }],
  ["processors", { smp: 2 }],
  ["network", { network: true }],
  ["kernel words", { append: "quiet" }],
  ["accelerator", { accelerator: "kvm" }],
])("changes with the %s", (_name, change) => {
  expect(key("qemu", { ...machine, ...change })).not.toBe(reference);
});

test("changes with the path of qemu", () => {
  expect(key("qemu2", machine)).not.toBe(reference);
});

test.each(["qemu", "kernel", "initrd", "root"])("changes with the content of %s", (name) => {
  writeFileSync(join(folder, name), "other content");
  const changed = key("qemu", machine);
  writeFileSync(join(folder, name), "content");

  expect(changed).not.toBe(reference);
  expect(key("qemu", machine)).toBe(reference);
});
