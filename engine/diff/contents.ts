/**
 * What lstat(2) does not tell of a guest's files: extended attributes, link targets, contents, digests. Reads through the
 * client, in batches where the API has them. Decides nothing.
 */
import { createHash } from "node:crypto";

import { GuestfsError } from "../errors.ts";
import type { Guestfs, StructOf } from "../../schemas/index.ts";
import { RunError } from "../run-error.ts";
import type { Xattrs } from "./entry.ts";
import { ByteLines } from "./byte-lines.ts";
import { batches, byFolder, relative } from "./tree.ts";

/** Above this many digests, one pass over everything is cheaper than a call a file. */
const SINGLE_DIGESTS_MAX = 400;

/** Extended attributes of files (symlinks not followed). A file without any, or that cannot be read, has an empty map. */
export async function readXattrs(g: Guestfs, paths: readonly string[]): Promise<Map<string, Xattrs>> {
  const found = new Map<string, Xattrs>();
  for (const batch of batches(paths.map(relative))) {
    for (const [index, xattrs] of (await xattrBatch(g, batch)).entries()) found.set(`/${batch[index] ?? ""}`, xattrs);
  }
  return found;
}

/** Targets of symlinks; empty text for what is none. */
export async function readTargets(g: Guestfs, paths: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const batch of batches(paths.map(relative))) {
    for (const [index, target] of (await targetBatch(g, batch)).entries()) found.set(`/${batch[index] ?? ""}`, target);
  }
  return found;
}

/** A file's bytes. @throws RunError when there are more than `limit`, which the caller has seen not to be so */
export async function readContent(g: Guestfs, path: string, limit: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  await g.download({
    remotefilename: path,
    filename: (bytes) => {
      size += bytes.length;
      if (size > limit) throw new RunError("guest-unreadable", `download: ${path}: more than ${limit} bytes`);
      pieces.push(bytes.slice());
    },
  });
  return Buffer.concat(pieces);
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** SHA-256 of regular files, hex, computed in the appliance. */
export async function readDigests(g: Guestfs, paths: readonly string[]): Promise<Map<string, string>> {
  if (paths.length > SINGLE_DIGESTS_MAX) return await readAllDigests(g, new Set(paths));
  const digests = new Map<string, string>();
  for (const path of paths) digests.set(path, await g.checksum({ csumtype: "sha256", path }));
  return digests;
}

/** One pass over the whole guest, as `sha256sum` prints it: digest, two characters, `./path`. */
async function readAllDigests(g: Guestfs, wanted: ReadonlySet<string>): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  const take = (line: string): void => {
    const match = /^(\\?)([0-9a-f]{64}) [ *](.*)$/su.exec(line);
    const [, escaped, digest, name] = match ?? [];
    if (digest === undefined || name === undefined) return;
    const path = `/${relative((escaped === "" ? name : unescapeName(name)).replace(/^\.\//u, ""))}`;
    if (wanted.has(path)) digests.set(path, digest);
  };
  const lines = new ByteLines();
  await g.checksums_out({
    csumtype: "sha256",
    directory: "/",
    sumsfile: (bytes) => {
      for (const line of lines.push(bytes)) take(line);
    },
  });
  const rest = lines.end();
  if (rest !== "") take(rest);
  const missing = [...wanted].filter((path) => !digests.has(path));
  for (const path of missing) digests.set(path, await g.checksum({ csumtype: "sha256", path }));
  return digests;
}

async function xattrBatch(g: Guestfs, names: readonly string[]): Promise<readonly Xattrs[]> {
  try {
    return splitXattrs(await g.internal_lxattrlist({ path: "/", names }), names.length);
  } catch (error) {
    if (!(error instanceof GuestfsError) || !names.some((name) => name.includes("/"))) throw error;
  }
  const all: Xattrs[] = names.map(() => new Map());
  for (const [path, items] of byFolder(names)) {
    const list = await g.internal_lxattrlist({ path, names: items.map((item) => item.name) });
    for (const [at, xattrs] of splitXattrs(list, items.length).entries()) all[items[at]?.index ?? 0] = xattrs;
  }
  return all;
}

async function targetBatch(g: Guestfs, names: readonly string[]): Promise<readonly string[]> {
  try {
    return await g.internal_readlinklist({ path: "/", names });
  } catch (error) {
    if (!(error instanceof GuestfsError) || !names.some((name) => name.includes("/"))) throw error;
  }
  const all: string[] = names.map(() => "");
  for (const [path, items] of byFolder(names)) {
    const targets = await g.internal_readlinklist({ path, names: items.map((item) => item.name) });
    for (const [at, target] of targets.entries()) all[items[at]?.index ?? 0] = target;
  }
  return all;
}

/**
 * Splits the packed list: per file one entry with an empty name whose value is the count (decimal, NUL at the end; empty
 * when the file could not be read), then that many attributes.
 */
export function splitXattrs(list: readonly StructOf<"xattr">[], files: number): Xattrs[] {
  const all: Xattrs[] = [];
  let at = 0;
  while (all.length < files) {
    const head = list[at];
    if (head === undefined || head.attrname !== "") throw badList();
    const count = Number(Buffer.from(head.attrval).toString("latin1").replace(/\0$/u, "") || "0");
    if (!Number.isInteger(count) || count < 0 || at + 1 + count > list.length) throw badList();
    const xattrs = new Map<string, Uint8Array>();
    for (const attribute of list.slice(at + 1, at + 1 + count)) xattrs.set(attribute.attrname, attribute.attrval);
    all.push(xattrs);
    at += 1 + count;
  }
  return all;
}

function badList(): RunError {
  return new RunError("guest-unreadable", "internal_lxattrlist: /: the list of attributes has another form");
}

/** sha256sum writes a backslash as `\\`, a newline as `\n`, a carriage return as `\r` in names it marks as escaped. */
function unescapeName(name: string): string {
  return name.replace(/\\([\\nr])/gu, (_, letter: string) => ({ n: "\n", r: "\r" })[letter] ?? "\\");
}
