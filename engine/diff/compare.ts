/** Makes the file part of a Diff from paired files and what was read of those that may differ. Pure. */
import type { FileAspect, FileChange, FileState } from "../../schemas/index.ts";
import { attributesOf } from "./attributes.ts";
import { sha256 } from "./contents.ts";
import { fileTypeOf, isDevice, modeText, timeText, type Files, type GuestFile } from "./entry.ts";
import { comparePaths } from "./group.ts";
import { isUnchanged, type Pair, type Pairing } from "./pairs.ts";
import { isTooLong } from "./reading.ts";
import type { Redactor } from "./redact.ts";
import { asText, unifiedHunks } from "./text.ts";

/** What was read of one side beside the files themselves, by path. */
export interface Details {
  readonly contents: ReadonlyMap<string, Uint8Array>;
  /** SHA-256, hex. */
  readonly digests: ReadonlyMap<string, string>;
  /** See findHardLinks(). */
  readonly hardLinks: ReadonlyMap<string, string>;
}

export interface CompareInput {
  readonly pairing: Pairing;
  readonly before: Files;
  readonly after: Files;
  readonly beforeDetails: Details;
  readonly afterDetails: Details;
  readonly redactor: Redactor;
  /** Paths whose content may differ although size and times are the same. */
  readonly touched: ReadonlySet<string>;
  /** Files whose times the recipe set: only there is a changed mtime a change. */
  readonly timesSet?: ReadonlySet<string>;
}

/** One side of one file. */
interface Version {
  readonly file: GuestFile;
  readonly content: Uint8Array | undefined;
  /** Of what was read to be shown. */
  readonly sha256: string | undefined;
  readonly hardLink: string | undefined;
}

/** Every file that differs, sorted by path; only what differs in the end counts, not what was written on the way. */
export function compareFiles(input: CompareInput): FileChange[] {
  const { pairing, before, after, beforeDetails, afterDetails } = input;
  const changes: FileChange[] = [];
  for (const path of pairing.added) {
    const file = after.get(path);
    if (file !== undefined) changes.push(added(input, path, versionOf(file, path, afterDetails)));
  }
  for (const path of pairing.removed) {
    const file = before.get(path);
    if (file === undefined) continue;
    const state = stateOf(versionOf(file, path, beforeDetails));
    changes.push({ path, change: "removed", type: fileTypeOf(file), before: state, what: [] });
  }
  const moves = new Map(pairing.moved.map(({ from, to }) => [from, to]));
  for (const pair of pairing.suspects) {
    const change = changed(input, pair, moves);
    if (change.what.length > 0) changes.push(change);
  }
  for (const pair of pairing.moved) {
    const change = changed(input, pair, moves);
    if (change.what.length > 0 || !movedWithDirectory(pair, moves)) changes.push(change);
  }
  return changes.sort((a, b) => comparePaths(a.path, b.path));
}

function added(input: CompareInput, path: string, now: Version): FileChange {
  const base: FileChange = { path, change: "added", type: fileTypeOf(now.file), after: stateOf(now), what: [] };
  if (base.type !== "file" || now.hardLink !== undefined) return base;
  return withText(input, base, undefined, now);
}

function changed(input: CompareInput, pair: Pair, moves: ReadonlyMap<string, string>): FileChange {
  const { from, to } = pair;
  const was = versionOf(pair.was, from, input.beforeDetails);
  const now = versionOf(pair.now, to, input.afterDetails);
  const what = aspects(input, pair, was, now, moves);
  const shown = { withDigest: what.includes("content"), withTime: what.includes("mtime") };
  const base: FileChange = {
    path: to,
    ...(from === to ? { change: "changed" } : { change: "moved", from }),
    type: fileTypeOf(now.file),
    before: stateOf(was, shown),
    after: stateOf(now, shown),
    what,
  };
  return what.includes("content") ? withText(input, base, was, now) : base;
}

/** Whether the directory that a moved file is in was moved with it. */
function movedWithDirectory({ from, to }: Pair, moves: ReadonlyMap<string, string>): boolean {
  const [old, next] = [from.lastIndexOf("/"), to.lastIndexOf("/")];
  return from.slice(old) === to.slice(next) && moves.get(from.slice(0, old)) === to.slice(0, next);
}

function aspects(
  input: CompareInput,
  pair: Pair,
  was: Version,
  now: Version,
  moves: ReadonlyMap<string, string>,
): FileAspect[] {
  const what: FileAspect[] = [];
  const type = fileTypeOf(now.file);
  const [old, next] = [stateOf(was), stateOf(now)];
  if (old.type !== type) what.push("type");
  else if (type === "file" && !sameContent(input, pair, was, now)) what.push("content");
  if (old.mode !== next.mode) what.push("mode");
  if (old.uid !== next.uid || old.gid !== next.gid) what.push("owner");
  if (what.includes("type")) return what;
  if (old.acl !== next.acl || old.defaultAcl !== next.defaultAcl) what.push("acl");
  if (old.capabilities !== next.capabilities) what.push("capabilities");
  if (JSON.stringify(old.xattrs) !== JSON.stringify(next.xattrs)) what.push("xattrs");
  if (old.label !== next.label) what.push("label");
  if (old.target !== next.target) what.push("target");
  const link = was.hardLink === undefined ? undefined : (moves.get(was.hardLink) ?? was.hardLink);
  if (link !== now.hardLink) what.push("hard-link");
  if (old.device !== next.device) what.push("device");
  if (input.timesSet?.has(pair.to) === true && was.file.mtime !== now.file.mtime) what.push("mtime");
  return what;
}

/** What was not read has not changed: reading.ts asks for all that may have. */
function sameContent(input: CompareInput, pair: Pair, was: Version, now: Version): boolean {
  if (was.file.size !== now.file.size) return false;
  if (was.content !== undefined && now.content !== undefined) return Buffer.compare(was.content, now.content) === 0;
  const [old, next] = [was.sha256 ?? was.file.sha256, now.sha256 ?? now.file.sha256];
  if (old !== undefined && next !== undefined) return old === next;
  return !input.touched.has(pair.to) && isUnchanged(pair);
}

/** Adds the hunks, or why there are none; takes away what is secret. */
function withText(input: CompareInput, change: FileChange, was: Version | undefined, now: Version): FileChange {
  const { redactor } = input;
  const contents = [was === undefined ? new Uint8Array(0) : was.content, now.content];
  const [old, next] = contents.map((bytes) => (bytes === undefined ? undefined : asText(bytes)));
  const isSecret =
    [change.path, change.from ?? change.path].some((path) => redactor.isSecretPath(path)) ||
    [old, next].some((text) => text !== undefined && redactor.isSecretText(text));
  if (isSecret) return secret(change);
  if (contents.includes(undefined)) {
    return { ...change, textOmitted: isTooLong(was?.file, now.file) ? "large" : "many" };
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

function versionOf(file: GuestFile, path: string, details: Details): Version {
  const content = details.contents.get(path);
  const digest = content === undefined ? details.digests.get(path) : sha256(content);
  return { file, content, sha256: digest, hardLink: details.hardLinks.get(path) };
}

interface Shown {
  readonly withDigest: boolean;
  readonly withTime: boolean;
}

function stateOf({ file, sha256: digest, hardLink }: Version, shown?: Shown): FileState {
  const type = fileTypeOf(file);
  const { xattrs, ...attributes } = attributesOf(file.xattrs);
  return {
    type,
    mode: modeText(file),
    uid: file.uid,
    gid: file.gid,
    ...(type === "file" ? { size: file.size } : {}),
    ...(digest === undefined || shown?.withDigest === false ? {} : { sha256: digest }),
    ...(type === "symlink" ? { target: file.target } : {}),
    ...(isDevice(file) ? { device: file.rdev } : {}),
    ...(hardLink === undefined ? {} : { hardLink }),
    ...attributes,
    ...(Object.keys(xattrs).length === 0 ? {} : { xattrs }),
    ...(shown?.withTime === true ? { mtime: timeText(file.mtime) } : {}),
  };
}
