/** Guests for tests: folders below the temporary folder, each beside an "outside" that no action may reach. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createDaemon, type MemoryDaemon } from "../../guestfsd/index.ts";
import { buildNativeHelpers } from "./native-helpers.ts";
import { call, type Answer } from "./test-client.ts";

export interface TestGuest {
  /** Folder that is the guest's root. */
  readonly root: string;
  /** Folder beside it, with one file `secret`. */
  readonly outside: string;
  readonly daemon: MemoryDaemon;
  call(name: string, args?: Readonly<Record<string, unknown>>, file?: Uint8Array | string): Answer;
  /** What lies outside, names and contents: unchanged after any call. */
  outsideState(): Readonly<Record<string, string>>;
  remove(): void;
}

export const SECRET = "secret of the appliance\n";

export function makeGuest(): TestGuest {
  if (process.getuid?.() !== 0) throw new Error("these tests need root: the daemon changes its root directory");
  const base = mkdtempSync(join(tmpdir(), "gild-guest-"));
  const root = join(base, "guest");
  const outside = join(base, "outside");
  mkdirSync(root);
  mkdirSync(outside);
  writeFileSync(join(outside, "secret"), SECRET);
  const daemon = createDaemon({ sysroot: root, ...buildNativeHelpers() });
  makeSureOfRoot(base, (bytes) => daemon.handle(bytes));
  return {
    root,
    outside,
    daemon,
    call: (name, args, file) => call((bytes) => daemon.handle(bytes), name, args, file),
    outsideState: () =>
      Object.fromEntries(readdirSync(outside).map((name) => [name, readFileSync(join(outside, name), "utf8")])),
    remove() {
      daemon.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

/** Hostile tests remove and overwrite /etc: they must not even begin when the guest is not the daemon's root. */
function makeSureOfRoot(base: string, handle: (bytes: Uint8Array) => Uint8Array): void {
  const { result } = call(handle, "exists", { path: base });
  if (result !== false) throw new Error("the daemon does not change its root: these tests would damage this machine");
}

/** Gives a guest the host's busybox as its programs. */
export function addBusybox(root: string): void {
  const busybox = ["/bin/busybox", "/usr/bin/busybox"].find((path) => existsSync(path));
  if (busybox === undefined) throw new Error("busybox not found: install the package busybox-static");
  for (const folder of ["bin", "dev", "etc", "proc", "sys", "tmp"]) mkdirSync(join(root, folder), { recursive: true });
  cpSync(busybox, join(root, "bin/busybox"));
  for (const name of ["sh", "echo", "sleep", "setsid", "cat", "ls", "kill", "true", "false", "ps", "readlink"]) {
    symlinkSync("busybox", join(root, "bin", name));
  }
}
