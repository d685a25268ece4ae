/** A guest whose /etc leads out of it, in every way, and what must not have happened to what lies outside. */
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/** How the guest's /etc may lead out. `outside` is the folder that must not be reached. */
export const HOSTILE_ETC: Readonly<Record<string, (root: string, outside: string) => void>> = {
  "climbing link": (root, outside) => symlinkSync(`${"../".repeat(20)}${outside.slice(1)}`, join(root, "etc")),
  "absolute link": (root, outside) => symlinkSync(outside, join(root, "etc")),
  "link to a link": (root, outside) => {
    symlinkSync("hop", join(root, "etc"));
    symlinkSync(`/hop2/..${outside}`, join(root, "hop"));
    mkdirSync(join(root, "hop2"));
  },
  loop: (root) => symlinkSync("etc", join(root, "etc")),
  "final link": (root, outside) => {
    mkdirSync(join(root, "etc"));
    symlinkSync(join(outside, "secret"), join(root, "etc/secret"));
    symlinkSync(join(outside, "new"), join(root, "etc/new"));
  },
  "link through /proc": (root) => symlinkSync("/proc/self/root/../../../etc", join(root, "etc")),
};

/** Modes, owners and times of what lies outside. */
export function metadata(folder: string): Readonly<Record<string, string>> {
  const entries = ["", ...readdirSync(folder)].map((name) => {
    const { mode, uid, gid, nlink, mtimeMs, ctimeMs } = lstatSync(join(folder, name));
    return [name, [mode, uid, gid, nlink, mtimeMs, ctimeMs].join(" ")];
  });
  return Object.fromEntries(entries);
}

/** Contents of all plain files of the guest; links are not followed. */
export function everythingIn(folder: string): string {
  const texts = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return everythingIn(path);
    return entry.isFile() ? readFileSync(path, "utf8") : "";
  });
  return texts.join("\n");
}
