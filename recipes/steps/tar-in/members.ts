/**
 * The members of a tar archive on the host, and whether a guest has them all already. Metadata is compared first, folder
 * by folder; contents only when all of it agrees. Times are not compared. Reads plain and gzip archives.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename, dirname, join } from "node:path/posix";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

import { extract, type Headers } from "tar-stream";

import { guestStat, hasContent, type GuestFileType } from "../../guest-stat.ts";
import type { Guestfs } from "../../../schemas/index.ts";

export interface Member {
  /** Normalised, relative; "." is the folder that the archive is unpacked in. */
  readonly path: string;
  readonly type: GuestFileType | "hardlink";
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes; of files. */
  readonly size: number;
  /** Target of a symlink as it is; of a hard link the member it links to. */
  readonly target: string;
}

/** Most names in one call. */
const BATCH = 500;
const TYPES: Readonly<Record<string, Member["type"]>> = {
  file: "file",
  "contiguous-file": "file",
  directory: "directory",
  symlink: "symlink",
  link: "hardlink",
  "character-device": "other",
  "block-device": "other",
  fifo: "other",
};

/** An archive on the host. */
export interface Archive {
  readonly file: string;
  readonly gzip: boolean;
}

/** Whether the guest has every member of the archive below `root`. False also for an archive that cannot be read here. */
export async function hasAllMembers(g: Guestfs, archive: Archive, root: string): Promise<boolean> {
  const members = await listMembers(archive);
  if (members === undefined || !(await metadataAgrees(g, members, root))) return false;
  const digests = await memberDigests(archive);
  for (const member of members) {
    if (member.type !== "file") continue;
    const path = join(root, member.path);
    const found = { type: "file", mode: member.mode, uid: member.uid, gid: member.gid, size: member.size } as const;
    if (!(await hasContent(g, path, found, { size: member.size, sha256: digests.get(member.path) ?? "" })))
      return false;
  }
  return true;
}

/** The members, the last of a name only; undefined for an archive with something this module does not know. */
export async function listMembers(archive: Archive): Promise<readonly Member[] | undefined> {
  const members = new Map<string, Member>();
  let known = true;
  try {
    await readEntries(archive, async (header) => {
      const member = memberOf(header);
      if (member === undefined || member.path.startsWith("..")) known = false;
      else members.set(member.path, member);
      await Promise.resolve();
    });
  } catch {
    // Not an archive that the host can read: the appliance's tar will say what is wrong with it.
    return undefined;
  }
  return known ? [...members.values()] : undefined;
}

async function readEntries(
  archive: Archive,
  take: (header: Headers, content: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  const entries = extract();
  const consume = async (): Promise<void> => {
    for await (const entry of entries) {
      await take(entry.header, entry);
      entry.resume();
    }
  };
  const input = createReadStream(archive.file);
  const fed = archive.gzip ? pipeline(input, createGunzip(), entries) : pipeline(input, entries);
  await Promise.all([fed, consume()]);
}

function memberOf(header: Headers): Member | undefined {
  const type = TYPES[header.type ?? ""];
  const { mode, uid, gid } = header;
  if (type === undefined || mode === undefined || uid === undefined || gid === undefined) return undefined;
  const target = header.linkname ?? "";
  return {
    path: relative(header.name),
    type,
    mode: mode & 0o7777,
    uid,
    gid,
    size: type === "file" ? (header.size ?? 0) : 0,
    target: type === "hardlink" ? relative(target) : target,
  };
}

/** Normalised, with no slash at either end. */
function relative(path: string): string {
  return join("/", path).replace(/\/+$/, "").slice(1) || ".";
}

async function memberDigests(archive: Archive): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  await readEntries(archive, async (header, content) => {
    const hash = createHash("sha256");
    for await (const piece of content) hash.update(piece);
    digests.set(relative(header.name), hash.digest("hex"));
  });
  return digests;
}

async function metadataAgrees(g: Guestfs, members: readonly Member[], root: string): Promise<boolean> {
  const inodes = new Map<string, bigint>();
  for (const [folder, inFolder] of byFolder(members)) {
    for (let start = 0; start < inFolder.length; start += BATCH) {
      const batch = inFolder.slice(start, start + BATCH);
      if (!(await batchAgrees(g, join(root, folder), batch, inodes))) return false;
    }
  }
  const isLinked = (member: Member): boolean =>
    inodes.get(member.path) !== undefined && inodes.get(member.path) === inodes.get(member.target);
  return members.filter(({ type }) => type === "hardlink").every(isLinked);
}

async function batchAgrees(
  g: Guestfs,
  folder: string,
  members: readonly Member[],
  inodes: Map<string, bigint>,
): Promise<boolean> {
  if (!(await g.is_dir({ path: folder, followsymlinks: true }))) return false;
  const names = members.map(({ path }) => (path === "." ? "." : basename(path)));
  const stats = await g.internal_lstatnslist({ path: folder, names });
  for (const [i, member] of members.entries()) {
    const raw = stats[i];
    if (raw === undefined || raw.st_ino < 0n) return false;
    inodes.set(member.path, raw.st_ino);
    if (!agrees(member, guestStat(raw))) return false;
  }
  const links = members.filter(({ type }) => type === "symlink");
  if (links.length === 0) return true;
  const targets = await g.internal_readlinklist({ path: folder, names: links.map(({ path }) => basename(path)) });
  return links.every(({ target }, i) => targets[i] === target);
}

/** Whether a member and what the guest has agree in type, owner, mode (not of links) and size (of files). */
export function agrees(member: Member, found: ReturnType<typeof guestStat>): boolean {
  if (member.type === "hardlink") return found.type === "file";
  if (member.type !== found.type || member.uid !== found.uid || member.gid !== found.gid) return false;
  if (member.type === "file" && member.size !== found.size) return false;
  return member.type === "symlink" || member.mode === found.mode;
}

function byFolder(members: readonly Member[]): ReadonlyMap<string, readonly Member[]> {
  const folders = new Map<string, Member[]>();
  for (const member of members) {
    const folder = member.path === "." ? "." : dirname(member.path);
    const known = folders.get(folder);
    if (known === undefined) folders.set(folder, [member]);
    else known.push(member);
  }
  return folders;
}
