/** Files with several names. One name stands for the file; the others are links to it, as in an archive. Pure. */
import { isDirectory, type Files, type GuestFile } from "./entry.ts";
import { comparePaths } from "./group.ts";

/**
 * Path -> path that stands for the same file, for every other name. That is the first name, by path, of those that are on both sides:
 * a name that comes or goes is the link then, and the one that stays is as it was.
 */
export function findHardLinks(files: Files, otherSide: Files): Map<string, string> {
  const links = new Map<string, string>();
  for (const names of namesByFile(files).values()) {
    names.sort(comparePaths);
    const first = names.find((name) => otherSide.has(name)) ?? names[0] ?? "";
    for (const name of names) if (name !== first) links.set(name, first);
  }
  return links;
}

/** Paths on both sides that are links to something else than before. */
export function relinked(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): ReadonlySet<string> {
  return new Set([...before.keys(), ...after.keys()].filter((path) => before.get(path) !== after.get(path)));
}

/** Files of which fewer names are here than they have. */
export function withMissingNames(files: Files): GuestFile[] {
  const missing: GuestFile[] = [];
  for (const names of namesByFile(files).values()) {
    const file = files.get(names[0] ?? "");
    if (file !== undefined && names.length < file.nlink) missing.push(file);
  }
  return missing;
}

function namesByFile(files: Files): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [path, file] of files) {
    if (file.nlink < 2 || isDirectory(file)) continue;
    const key = `${file.volume} ${file.dev} ${file.ino}`;
    const names = found.get(key);
    if (names === undefined) found.set(key, [path]);
    else names.push(path);
  }
  return found;
}
