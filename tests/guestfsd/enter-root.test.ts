/** What an appliance program may load once the guest is its root: nothing (native/enter-root.c). Needs root and gcc. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, it } from "vitest";

import { createCommands } from "../../guestfsd/command.ts";
import { createSysroot } from "../../guestfsd/sysroot.ts";
import { buildNativeHelpers } from "./native-helpers.ts";

const PROGRAM = `#include <dlfcn.h>
int main(void) { return dlopen("/library.so", RTLD_NOW) != 0; }`;
const LIBRARY = `#include <fcntl.h>
__attribute__((constructor)) static void hello(void) { open("/loaded", O_CREAT | O_WRONLY, 0600); }`;

const folder = mkdtempSync(join(tmpdir(), "gild-enter-root-"));
const guest = join(folder, "guest");
const program = join(folder, "program");

beforeAll(() => {
  mkdirSync(guest);
  writeFileSync(`${program}.c`, PROGRAM);
  writeFileSync(join(folder, "library.c"), LIBRARY);
  execFileSync("gcc", ["-o", program, `${program}.c`]);
  execFileSync("gcc", ["-shared", "-fPIC", "-o", join(guest, "library.so"), join(folder, "library.c")]);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it("opens no library of the guest", () => {
  const sysroot = createSysroot({ path: guest, standalone: true });
  const command = createCommands({ sysroot, ...buildNativeHelpers() });

  const { status, stderr } = command.run([program], { root: "walk" });

  expect([status, stderr]).toEqual([0, ""]);
  expect(existsSync(join(guest, "loaded"))).toBe(false);
});
