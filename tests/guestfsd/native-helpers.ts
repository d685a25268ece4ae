/** The two small binaries of guestfsd/native/, compiled once for tests and kept in the cache by the hash of their source. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface NativeHelpers {
  /** Library that makes the guest a program's root (guestfsd/native/enter-root.c). */
  readonly enterRoot: string;
  /** PID 1 of guest programs (guestfsd/native/guest-init.c). */
  readonly guestInit: string;
}

const sources = fileURLToPath(new URL("../../guestfsd/native/", import.meta.url));

export function buildNativeHelpers(): NativeHelpers {
  return {
    enterRoot: compile("enter-root.c", "enter-root.so", ["-shared", "-fPIC"]),
    guestInit: compile("guest-init.c", "guest-init", ["-static"]),
  };
}

function compile(source: string, name: string, flags: readonly string[]): string {
  const path = join(sources, source);
  const hash = createHash("sha256").update(readFileSync(path)).update(flags.join(" ")).digest("hex").slice(0, 16);
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(cache, "gild", "test-native", hash);
  const output = join(folder, name);
  if (existsSync(output)) return output;

  mkdirSync(folder, { recursive: true });
  const unfinished = `${output}.${process.pid}`;
  execFileSync("gcc", ["-O2", "-Wall", "-Wextra", "-Werror", ...flags, "-o", unfinished, path]);
  renameSync(unfinished, output);
  return output;
}
