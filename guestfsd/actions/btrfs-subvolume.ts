/** Daemon side of schemas/actions/btrfs-subvolume.ts. Places in the guest go to btrfs(8) resolved (guest-directory.ts). */
import { lstatSync, statSync } from "node:fs";
import { join, parse } from "node:path";

import { bytesFromText, type families, type HandlersOf } from "../../schemas/index.ts";
import { defaultSubvolume, subvolumes } from "../btrfs-subvolumes.ts";
import type { Context, Sysroot } from "../context.ts";
import { about, failure } from "../errors.ts";
import { withGuestDirectory } from "../guest-directory.ts";

export const btrfsSubvolume = {
  btrfs_subvolume_create({ dest, qgroupid }, { command, sysroot }) {
    withNewPath(sysroot, dest, (path) =>
      command.check(["btrfs", "subvolume", "create", ...qgroupOption(qgroupid), path]),
    );
  },

  btrfs_subvolume_delete({ subvolume }, { command, sysroot }) {
    withGuestDirectory(sysroot, subvolume, (path) => command.check(["btrfs", "subvolume", "delete", path]));
  },

  btrfs_subvolume_list: ({ fs }, context) =>
    subvolumes(fs, context).map(({ id, topLevelId, path }) => ({
      btrfssubvolume_id: id,
      btrfssubvolume_top_level_id: topLevelId,
      btrfssubvolume_path: path,
    })),

  btrfs_subvolume_get_default: ({ fs }, context) => defaultSubvolume(fs, context),

  btrfs_subvolume_set_default({ id, fs }, { command, sysroot }) {
    withGuestDirectory(sysroot, fs, (path) => command.check(["btrfs", "subvolume", "set-default", String(id), path]));
  },

  btrfs_subvolume_snapshot({ source, dest, ro, qgroupid }, { command, sysroot }) {
    const options = [...(ro === true ? ["-r"] : []), ...qgroupOption(qgroupid)];
    withGuestDirectory(sysroot, source, (from) => {
      const make = (to: string): string => command.check(["btrfs", "subvolume", "snapshot", ...options, from, to]);
      // Into a directory as cp(1) does; btrfs itself would follow a link of the guest to one of the appliance.
      if (isDirectory(sysroot, dest)) withGuestDirectory(sysroot, dest, make);
      else withNewPath(sysroot, dest, make);
    });
  },

  btrfs_subvolume_show: ({ subvolume }, { command, sysroot }) =>
    withGuestDirectory(sysroot, subvolume, (path) =>
      parseSubvolumeShow(command.check(["btrfs", "subvolume", "show", path])),
    ),
} satisfies HandlersOf<(typeof families)["btrfs-subvolume"], Context>;

/**
 * The path, then `Name: value` lines; `-` is no value, the list of snapshots stands on lines of its own. Exported for tests.
 *
 * @returns names in the order of the text, `path` first; snapshots joined by commas
 */
export function parseSubvolumeShow(text: string): readonly (readonly [string, string])[] {
  const [path = "", ...lines] = text.trimEnd().split("\n");
  const found: [string, string][] = [["path", path]];
  for (const line of lines) {
    const [, name, value = ""] = /^\s+(\S[^:]*):\s*(.*?)\s*$/.exec(line) ?? [];
    const last = found.at(-1);
    if (name !== undefined) found.push([name, value === "-" ? "" : value]);
    else if (last?.[0] === "Snapshot(s)") last[1] += `${last[1] === "" ? "" : ","}${line.trim()}`;
  }
  return found;
}

/** Runs `body` with the real path of something that is not there yet. @throws ActionError EEXIST, ENOENT */
function withNewPath<T>(sysroot: Sysroot, path: string, body: (appliancePath: string) => T): T {
  const { dir, base } = parse(path);
  if (["", ".", ".."].includes(base) || exists(sysroot, path)) throw failure(path, "EEXIST");
  return withGuestDirectory(sysroot, dir, (parent) => body(join(parent, base)));
}

const bytesOf = (path: string): Buffer => Buffer.from(bytesFromText(path));

function exists(sysroot: Sysroot, path: string): boolean {
  return about(path, () => sysroot.inside(() => lstatSync(bytesOf(path), { throwIfNoEntry: false }) !== undefined));
}

function isDirectory(sysroot: Sysroot, path: string): boolean {
  return about(path, () =>
    sysroot.inside(() => statSync(bytesOf(path), { throwIfNoEntry: false })?.isDirectory() === true),
  );
}

const qgroupOption = (qgroupid: string | undefined): readonly string[] =>
  qgroupid === undefined ? [] : ["-i", qgroupid];
