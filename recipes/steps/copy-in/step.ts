/** Step `copy-in`: a file or a folder of the host, with everything in it, in a folder of the guest. */
import { lstat, readdir, readlink } from "node:fs/promises";
import { basename, join } from "node:path";

import {
  call,
  closed,
  defineStep,
  guestPath,
  hostPath,
  type Guestfs,
  type PlannedAction,
} from "../../../schemas/index.ts";
import { ownershipActions, ownershipProperties, resolveIds, type Ids } from "../../guest-owner.ts";
import { hasContent, hostFingerprint, linkTarget, lstatGuest, type GuestStat } from "../../guest-stat.ts";
import { FILE_EDIT } from "../traits.ts";

/** One file, folder or link of the host and what stands in its place in the guest. */
export interface CopyEntry {
  readonly type: "file" | "directory" | "symlink";
  /** Absolute host path. */
  readonly source: string;
  readonly path: string;
  /** Permission bits on the host. */
  readonly mode: number;
  /** For a link: what it says. */
  readonly target?: string;
  readonly before: GuestStat | undefined;
  /** The guest has this content, or this link. */
  readonly same: boolean;
}

export const copyIn = defineStep({
  name: "copy-in",
  summary: "copy a file or folder into a folder of the guest",
  description:
    "Copies a host file or folder, with everything in it, into a folder of the guest, under its own name. Links stay links; " +
    "mode bits are the host's; everything belongs to root unless owner or group say otherwise. Only what differs is sent; " +
    "nothing is deleted.",
  traits: FILE_EDIT,
  schema: closed(
    {
      source: hostPath("File or folder on the host, relative to the recipe."),
      path: guestPath("Folder of the guest to copy into; made when it is missing."),
      owner: ownershipProperties.owner,
      group: ownershipProperties.group,
    },
    ["source", "path"],
  ),
  describe: ({ source, path }) => `${source} into ${path}`,
  observe: async ({ g }, args) => {
    const ids = await resolveIds(g, "copy-in", args);
    const entries: CopyEntry[] = [];
    await collect(g, args.source, `${args.path.replace(/\/+$/, "")}/${basename(args.source)}`, entries);
    return { entries, ids, folder: (await lstatGuest(g, args.path)) !== undefined };
  },
  lower: ({ source, path }, observed): readonly PlannedAction[] => {
    const folder = observed?.folder === true ? [] : [call("mkdir_p", { path })];
    if (observed === undefined) {
      return [...folder, call("upload", { filename: source, remotefilename: join(path, basename(source)) })];
    }
    const ids = { uid: observed.ids.uid ?? 0, gid: observed.ids.gid ?? 0 };
    return [...folder, ...observed.entries.flatMap((entry) => entryActions(entry, ids))];
  },
});

/** The actions that make one entry as it is on the host. */
export function entryActions(entry: CopyEntry, ids: Ids): readonly PlannedAction[] {
  const { path, before } = entry;
  const inTheWay = before !== undefined && before.type !== entry.type;
  const clear = inTheWay ? [call("rm_f", { path })] : [];
  const kept = inTheWay ? undefined : before;
  if (entry.type === "symlink") return linkActions(entry, ids, kept, clear);
  const make =
    entry.type === "directory"
      ? call("mkdir", { path })
      : call("upload", { filename: entry.source, remotefilename: path });
  const made = entry.type === "directory" ? kept !== undefined : entry.same;
  return [
    ...clear,
    ...(made ? [] : [make]),
    ...ownershipActions(path, `0${entry.mode.toString(8).padStart(3, "0")}`, ids, kept),
  ];
}

function linkActions(entry: CopyEntry, ids: Ids, kept: GuestStat | undefined, clear: readonly PlannedAction[]) {
  const { path } = entry;
  const owned = entry.same && kept?.uid === ids.uid && kept?.gid === ids.gid;
  if (owned) return [];
  const replace = kept === undefined ? clear : [call("rm_f", { path })];
  const make = entry.same ? [] : [...replace, call("ln_s", { target: entry.target ?? "", linkname: path })];
  return [...make, call("lchown", { owner: ids.uid ?? 0, group: ids.gid ?? 0, path })];
}

async function collect(g: Guestfs, source: string, path: string, into: CopyEntry[]): Promise<void> {
  const host = await lstat(source);
  const before = await lstatGuest(g, path);
  if (before?.type === "directory" && !host.isDirectory()) {
    throw new Error(`copy-in: ${path}: is a folder in the guest, but not on the host`);
  }
  const common = { source, path, mode: host.mode & 0o7777, before };
  if (host.isSymbolicLink()) {
    const target = await readlink(source);
    into.push({ ...common, type: "symlink", target, same: (await linkTarget(g, path)) === target });
  } else if (host.isFile()) {
    into.push({ ...common, type: "file", same: await hasContent(g, path, before, await hostFingerprint(source)) });
  } else if (host.isDirectory()) {
    into.push({ ...common, type: "directory", same: before?.type === "directory" });
    for (const name of (await readdir(source)).toSorted())
      await collect(g, join(source, name), `${path}/${name}`, into);
  } else {
    throw new Error(`copy-in: ${source}: is neither a file, a folder nor a link`);
  }
}
