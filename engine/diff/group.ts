/**
 * Thousands of changed files as a list that a person can read: single files where they are few or where their content
 * changed, one line a directory where they are many. Pure.
 */
import type { FileAspect, FileChange, FileChangeKind } from "../../schemas/index.ts";

export interface DirectorySummary {
  readonly kind: "directory";
  /** Absolute, without a slash at its end. */
  readonly path: string;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly moved: number;
  /** Bytes of the regular files that were added. */
  readonly addedBytes: number;
  /** How often each aspect changed, in changed files. */
  readonly what: Readonly<Partial<Record<FileAspect, number>>>;
  /** What is summarised, by path. */
  readonly files: readonly FileChange[];
}

export type FileGroup = { readonly kind: "file"; readonly file: FileChange } | DirectorySummary;

/** More changes below one directory than this become a summary. */
export const GROUP_LIMIT = 50;
/** Changed contents are shown singly up to this many in the whole diff. */
const CONTENT_LIMIT = 200;
/** `/usr/share` may be summarised as one, `/usr` may not. */
const SUMMARY_DEPTH = 2;
/** A directory in which no file itself changed is told by those in it, up to this many: `/usr/share/doc` says more. */
const SPLIT_MAX = 4;

/** @param limit changes below one directory from which on they are summarised */
export function summarizeFiles(files: readonly FileChange[], limit = GROUP_LIMIT): FileGroup[] {
  const telling = files.filter(isTelling);
  const single = telling.length <= CONTENT_LIMIT ? new Set(telling) : new Set<FileChange>();
  const root = new Folder("");
  const made = new Set(
    files.filter((file) => file.change === "added" && file.type === "directory").map(({ path }) => path),
  );
  for (const file of files) if (!single.has(file)) root.add(file);

  const groups: FileGroup[] = [...single].map((file) => ({ kind: "file", file }));
  collect(root, 0, { limit, made }, groups);
  return groups.sort((a, b) => comparePaths(pathOf(a), pathOf(b)));
}

function isTelling(file: FileChange): boolean {
  return (
    file.text !== undefined ||
    file.what.includes("content") ||
    file.what.includes("type") ||
    file.what.includes("target")
  );
}

function pathOf(group: FileGroup): string {
  return group.kind === "file" ? group.file.path : group.path;
}

/** Order of paths: a directory right before what is in it. */
export function comparePaths(a: string, b: string): number {
  const left = a.replaceAll("/", "\0");
  const right = b.replaceAll("/", "\0");
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

class Folder {
  readonly path: string;
  readonly folders = new Map<string, Folder>();
  readonly files: FileChange[] = [];
  /** Changes here and below. */
  count = 0;

  constructor(path: string) {
    this.path = path;
  }

  add(file: FileChange): void {
    const parts = file.path.split("/").slice(1, -1);
    this.count += 1;
    const folder = parts.reduce<Folder>((at, name) => at.enter(name), this);
    folder.files.push(file);
  }

  enter(name: string): Folder {
    const known = this.folders.get(name);
    const folder = known ?? new Folder(`${this.path}/${name}`);
    if (known === undefined) this.folders.set(name, folder);
    folder.count += 1;
    return folder;
  }

  *all(): Generator<FileChange> {
    yield* this.files;
    for (const folder of this.folders.values()) yield* folder.all();
  }
}

interface Rule {
  readonly limit: number;
  /** Directories that were added themselves: what is in one is told in one line, however high it is. */
  readonly made: ReadonlySet<string>;
}

function collect(folder: Folder, depth: number, rule: Rule, groups: FileGroup[]): void {
  const { limit, made } = rule;
  const isOne = folder.files.length > 0 || folder.folders.size > SPLIT_MAX || made.has(folder.path);
  if (folder.count > limit && isOne && (depth >= SUMMARY_DEPTH || made.has(folder.path))) {
    groups.push(summary(folder.path, folder.all()));
    return;
  }
  if (folder.files.length > limit) groups.push(summary(folder.path === "" ? "/" : folder.path, folder.files));
  else for (const file of folder.files) groups.push({ kind: "file", file });
  for (const inner of folder.folders.values()) collect(inner, depth + 1, rule, groups);
}

function summary(path: string, all: Iterable<FileChange>): DirectorySummary {
  const files = [...all].sort((a, b) => comparePaths(a.path, b.path));
  const counts: Record<FileChangeKind, number> = { added: 0, removed: 0, changed: 0, moved: 0 };
  const what: Partial<Record<FileAspect, number>> = {};
  let addedBytes = 0;
  for (const file of files) {
    counts[file.change] += 1;
    if (file.change === "added") addedBytes += file.after?.size ?? 0;
    for (const aspect of file.what) what[aspect] = (what[aspect] ?? 0) + 1;
  }
  return { kind: "directory", path, ...counts, addedBytes, what, files };
}
