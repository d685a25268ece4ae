/** Files with several names. The first name, by path, stands for the file; the others are links to it, as in an archive. Pure. */
import { isDirectory, type Files, type GuestFile } from "./entry.ts";
import { comparePaths } from "./group.ts";

/** Path -> first path of the same file, for every name but the first. */
export function findHardLinks(files: Files): Map<string, string> {
  const links = new Map<string, string>();
  for (const names of namesByFile(files).values()) {
    const [first = "", ...others] = names.sort(comparePaths);
    for (const other of others) links.set(other, first);
  }
  return links;
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
