/** The small binaries of guestfsd/native/, compiled once for tests and kept in the cache by the hash of their source. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface NativeHelpers {
  /** Library that makes the guest a program's root (guestfsd/native/enter-root.c). */
  readonly enterRoot: string;
  /** PID 1 of guest programs (guestfsd/native/guest-init.c). */
  readonly guestInit: string;
  /** Library that reads trees (guestfsd/native/tree/). */
  readonly treeLibrary: string;
}

const sources = fileURLToPath(new URL("../../guestfsd/native/", import.meta.url));

const LIBRARY = ["-shared", "-fPIC", "-Wl,-Bsymbolic"];

export function buildNativeHelpers(): NativeHelpers {
  return {
    enterRoot: compile(["enter-root.c"], "enter-root.so", LIBRARY),
    guestInit: compile(["guest-init.c"], "guest-init", ["-static"]),
    treeLibrary: compile(
      readdirSync(join(sources, "tree"))
        .map((name) => `tree/${name}`)
        .sort(),
      "tree.so",
      LIBRARY,
    ),
  };
}

function compile(files: readonly string[], name: string, flags: readonly string[]): string {
  const paths = files.map((file) => join(sources, file));
  const texts = paths.map((path) => readFileSync(path, "utf8"));
  const hash = createHash("sha256")
    .update([...texts, ...flags].join("\n"))
    .digest("hex")
    .slice(0, 16);
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(cache, "gild", "test-native", hash);
  const output = join(folder, name);
  if (existsSync(output)) return output;

  mkdirSync(folder, { recursive: true });
  const unfinished = `${output}.${process.pid}`;
  execFileSync("gcc", [
    "-O2",
    "-Wall",
    "-Wextra",
    "-Werror",
    ...flags,
    "-o",
    unfinished,
    ...paths.filter((path) => path.endsWith(".c")),
  ]);
  renameSync(unfinished, output);
  return output;
}
