/** Finding the appliance: libguestfs's formats in GILD_PATH, else our own in the cache. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { findAppliance } from "../../engine/index.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const search = { path: undefined, cachedir: join(folder, "cache"), distdir: join(folder, "dist") };

function make(name: string, files: Readonly<Record<string, Uint8Array | string>>): string {
  const directory = join(folder, name);
  mkdirSync(directory, { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(join(directory, file), content);
  return directory;
}

function ext(): Buffer {
  const root = Buffer.alloc(2048);
  root.writeUInt16LE(0xef53, 0x438);
  Buffer.from("00112233445566778899aabbccddeeff", "hex").copy(root, 0x468);
  return root;
}

const fixedFiles = { "README.fixed": "", kernel: "", initrd: "", root: ext() };

test("a fixed appliance, with the UUID of its root", () => {
  const directory = make("fixed", fixedFiles);

  expect(findAppliance({ ...search, path: `/nowhere:${directory}` })).toEqual({
    directory,
    kernel: join(directory, "kernel"),
    initrd: join(directory, "initrd"),
    root: { file: join(directory, "root"), uuid: "00112233-4455-6677-8899-aabbccddeeff" },
  });
});

test("an old-style appliance has no root", () => {
  const directory = make("old", { "vmlinuz.x86_64": "", "initramfs.x86_64.img": "" });

  expect(findAppliance({ ...search, path: directory }).root).toBeUndefined();
});

test("a root without an ext filesystem is refused", () => {
  const directory = make("noext", { ...fixedFiles, root: Buffer.alloc(4096) });

  expect(() => findAppliance({ ...search, path: directory })).toThrow(
    expect.objectContaining({ code: "appliance-invalid" }),
  );
});

test("a supermin appliance is told from nothing", () => {
  const directory = make("supermin", {});
  mkdirSync(join(directory, "supermin.d"));

  expect(() => findAppliance({ ...search, path: directory })).toThrow("libguestfs-make-fixed-appliance");
  expect(() => findAppliance({ ...search, path: "/nowhere" })).toThrow(
    expect.objectContaining({ code: "appliance-missing" }),
  );
});

test("our own is named by the key, and missing until it is built", () => {
  expect(() => findAppliance(search)).toThrow("npm run build");

  make("dist/appliance", { "key.json": JSON.stringify({ key: "0123456789abcdef" }) });
  expect(() => findAppliance(search)).toThrow("gild appliance build");

  const directory = make("cache/appliance/0123456789abcdef", fixedFiles);
  expect(findAppliance(search).directory).toBe(directory);
});

test("a key that would lead elsewhere is refused", () => {
  make("dist/appliance", { "key.json": JSON.stringify({ key: "../../x" }) });

  expect(() => findAppliance(search)).toThrow(expect.objectContaining({ code: "appliance-invalid" }));
});
