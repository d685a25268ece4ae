/** Makes the file part of a Diff from two snapshots and what was read of the files that may differ. Pure. */
import type { FileAspect, FileChange, FileState } from "../../schemas/index.ts";
import type { Candidates } from "./classify.ts";
import { sha256 } from "./contents.ts";
import { deviceText, fileTypeOf, labelOf, otherXattrs, stateOf, type EntryDetails, type Xattrs } from "./entry.ts";
import type { Details } from "./gather.ts";
import { comparePaths } from "./group.ts";
import type { Redactor } from "./redact.ts";
import type { Snapshot } from "./snapshot.ts";
import { asText, unifiedHunks } from "./text.ts";
import type { Tree, TreeEntry } from "./tree.ts";

export interface CompareInput {
  readonly candidates: Candidates;
  readonly before: Snapshot;
  /** What was read of the base. */
  readonly beforeDetails: Details;
  readonly after: Tree;
  readonly afterDetails: Details;
  readonly redactor: Redactor;
  /** Files whose times the recipe set: only there is a changed mtime a change. */
  readonly timesSet?: ReadonlySet<string>;
}

/** One side of one file. */
interface Side {
  readonly entry: TreeEntry;
  readonly xattrs: Xattrs | undefined;
  readonly target: string | undefined;
  readonly content: Uint8Array | undefined;
  readonly sha256: string | undefined;
}

/** Every file that differs, sorted by path; only what differs in the end counts, not what was written on the way. */
export function compareFiles(input: CompareInput): FileChange[] {
  const changes: FileChange[] = [];
  for (const path of input.candidates.added) {
    const now = afterSide(input, path);
    if (now !== undefined) changes.push(added(input, path, now));
  }
  for (const path of input.candidates.removed) {
    const then = beforeSide(input, path);
    if (then !== undefined)
      changes.push({ path, change: "removed", type: fileTypeOf(then.entry), before: state(then), what: [] });
  }
  for (const path of input.candidates.suspects) {
    const [then, now] = [beforeSide(input, path), afterSide(input, path)];
    const change = then && now ? changed(input, path, then, now) : undefined;
    if (change !== undefined) changes.push(change);
  }
  return changes.sort((a, b) => comparePaths(a.path, b.path));
}

function added(input: CompareInput, path: string, now: Side): FileChange {
  const base: FileChange = { path, change: "added", type: fileTypeOf(now.entry), after: state(now), what: [] };
  if (base.type !== "file") return base;
  return withText(input, base, undefined, now);
}

function changed(input: CompareInput, path: string, then: Side, now: Side): FileChange | undefined {
  const timed = input.timesSet?.has(path) === true;
  const what = aspects(then, now, timed);
  if (what.length === 0) return undefined;
  const withTime = what.includes("mtime");
  const base: FileChange = {
    path,
    change: "changed",
    type: fileTypeOf(now.entry),
    before: state(then, withTime),
    after: state(now, withTime),
    what,
  };
  return what.includes("content") ? withText(input, base, then, now) : base;
}

function aspects(then: Side, now: Side, timed: boolean): FileAspect[] {
  const what: FileAspect[] = [];
  const type = fileTypeOf(now.entry);
  if (fileTypeOf(then.entry) !== type) what.push("type");
  else if (type === "file" && !sameContent(then, now)) what.push("content");
  if ((then.entry.mode & 0o7777) !== (now.entry.mode & 0o7777)) what.push("mode");
  if (then.entry.uid !== now.entry.uid || then.entry.gid !== now.entry.gid) what.push("owner");
  // What the file was before has another type's attributes, which were not read.
  if (what.includes("type")) return what;
  if (JSON.stringify(otherXattrs(then.xattrs)) !== JSON.stringify(otherXattrs(now.xattrs))) what.push("xattrs");
  if (labelOf(then.xattrs) !== labelOf(now.xattrs)) what.push("label");
  if (type === "symlink" && then.target !== now.target) what.push("target");
  if (type === "block-device" || type === "char-device") {
    if (deviceText(then.entry.rdev) !== deviceText(now.entry.rdev)) what.push("device");
  }
  if (timed && then.entry.mtime !== now.entry.mtime) what.push("mtime");
  return what;
}

function sameContent(then: Side, now: Side): boolean {
  if (then.entry.size !== now.entry.size) return false;
  if (then.content !== undefined && now.content !== undefined) return Buffer.compare(then.content, now.content) === 0;
  return then.sha256 !== undefined && then.sha256 === now.sha256;
}

/** Adds the hunks, or why there are none; takes away what is secret. */
function withText(input: CompareInput, change: FileChange, then: Side | undefined, now: Side): FileChange {
  const { redactor } = input;
  const contents = [then?.content ?? (then === undefined ? new Uint8Array(0) : undefined), now.content];
  const [old, next] = contents.map((bytes) => (bytes === undefined ? undefined : asText(bytes)));
  const isSecret =
    redactor.isSecretPath(change.path) || [old, next].some((text) => text !== undefined && redactor.isSecretText(text));
  if (isSecret) return secret(change);
  if (contents.includes(undefined)) {
    return { ...change, textOmitted: now.sha256 === undefined ? "many" : "large" };
  }
  if (old === undefined || next === undefined) return { ...change, textOmitted: "binary" };
  const [hiddenOld, hiddenNext] = [redactor.hide(old), redactor.hide(next)];
  if (hiddenOld === hiddenNext && hiddenNext !== next) return secret(change);
  const text = unifiedHunks(hiddenOld, hiddenNext);
  if (text === undefined) return { ...change, textOmitted: "large" };
  // The digest of a text that holds a short secret would let it be guessed.
  const bare = hiddenOld === old && hiddenNext === next ? change : withoutDigests(change);
  return { ...bare, text };
}

function secret(change: FileChange): FileChange {
  return { ...withoutDigests(change), secret: true };
}

function withoutDigests(change: FileChange): FileChange {
  const strip = (state: FileState | undefined): FileState | undefined => {
    if (state === undefined) return undefined;
    const { sha256: _, ...rest } = state;
    return rest;
  };
  const [before, after] = [strip(change.before), strip(change.after)];
  return { ...change, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}

function state(side: Side, withTime = false): FileState {
  const details: EntryDetails = {
    ...(side.xattrs === undefined ? {} : { xattrs: side.xattrs }),
    ...(side.target === undefined ? {} : { target: side.target }),
    ...(side.sha256 === undefined ? {} : { sha256: side.sha256 }),
  };
  return stateOf(side.entry, details, withTime);
}

function beforeSide(input: CompareInput, path: string): Side | undefined {
  const entry = input.before.tree.get(path);
  if (entry === undefined) return undefined;
  const details = input.beforeDetails;
  return {
    entry,
    xattrs: input.before.xattrs.get(path) ?? details.xattrs.get(path),
    target: input.before.targets.get(path),
    ...contentOf(details, path),
  };
}

function afterSide(input: CompareInput, path: string): Side | undefined {
  const entry = input.after.get(path);
  if (entry === undefined) return undefined;
  const details = input.afterDetails;
  return { entry, xattrs: details.xattrs.get(path), target: details.targets.get(path), ...contentOf(details, path) };
}

function contentOf(details: Details, path: string): { content: Uint8Array | undefined; sha256: string | undefined } {
  const content = details.contents.get(path);
  return { content, sha256: content === undefined ? details.digests.get(path) : sha256(content) };
}
