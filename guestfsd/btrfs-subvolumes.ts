/** Subvolumes of a btrfs filesystem, through `btrfs` of the appliance; a device is mounted aside for it. */
import { mkdtempSync, rmdirSync } from "node:fs";

import type { Commands, Context } from "./context.ts";
import { parseMountable } from "./devices.ts";
import { about, ActionError } from "./errors.ts";
import { withGuestDirectory } from "./guest-directory.ts";
import { mount, MS_RDONLY, umount2 } from "./native/libc.ts";

export interface Subvolume {
  readonly id: bigint;
  /** Id of the parent; 5 is the top level. */
  readonly topLevelId: bigint;
  /** From the top level, without a slash in front. */
  readonly path: string;
}

type Surroundings = Pick<Context, "command" | "devices" | "sysroot">;

/** @param fs guest path where it is mounted, or mountable */
export function subvolumes(fs: string, around: Surroundings): readonly Subvolume[] {
  return withFilesystem(around, fs, (path) => subvolumesAt(around.command, path));
}

/** Id of the subvolume that a plain mount shows. */
export function defaultSubvolume(fs: string, around: Surroundings): bigint {
  return withFilesystem(around, fs, (path) => defaultAt(around.command, path));
}

function subvolumesAt(command: Commands, path: string): Subvolume[] {
  return command
    .check(["btrfs", "subvolume", "list", path])
    .split("\n")
    .flatMap((line) => {
      const [, id, top, name] = /^ID (\d+) gen \d+ top level (\d+) path (.*)$/.exec(line) ?? [];
      if (id === undefined || top === undefined || name === undefined) return [];
      return [{ id: BigInt(id), topLevelId: BigInt(top), path: name.replace(/^<FS_TREE>\//, "") }];
    });
}

function defaultAt(command: Commands, path: string): bigint {
  const text = command.check(["btrfs", "subvolume", "get-default", path]);
  const id = /^ID (\d+)/.exec(text)?.[1];
  if (id === undefined) throw new ActionError(`btrfs: unexpected output '${text.trim()}'`);
  return BigInt(id);
}

/** A path in the guest, or a device that is mounted aside for the time of `body`. @param flags of mount(2), default read-only */
export function withFilesystem<T>(
  { devices, sysroot }: Surroundings,
  fs: string,
  body: (appliancePath: string) => T,
  flags = MS_RDONLY,
): T {
  const { device } = parseMountable(fs, devices);
  if (!devices.isDevice(device)) return withGuestDirectory(sysroot, fs, body);
  const aside = mkdtempSync("/tmp/btrfs");
  try {
    about(devices.toApi(device), () => {
      mount(device, aside, "btrfs", flags);
    });
    try {
      return body(aside);
    } finally {
      umount2(aside);
    }
  } finally {
    rmdirSync(aside);
  }
}
