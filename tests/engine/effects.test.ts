import { expect, test } from "vitest";

import { Effects, reachOf } from "../../engine/effects.ts";

test.each([
  ["lstatns", "read"],
  ["internal_write", "files"],
  ["aug_save", "files"],
  ["tar_in", "files"],
  ["sh", "programs"],
  ["command", "programs"],
  ["mkswap_file", "programs"],
  ["mkswap", "blocks"],
  ["mkfs_btrfs", "blocks"],
  ["xfs_growfs", "programs"],
  ["md_create", "blocks"],
  ["btrfs_subvolume_snapshot", "programs"],
  ["btrfs_subvolume_set_default", "device"],
  ["btrfs_quota_enable", "device"],
  ["xfs_admin", "device"],
  ["pvchange_uuid", "blocks"],
  ["vgchange_uuid_all", "blocks"],
  ["part_add", "blocks"],
  ["mkfs", "blocks"],
  ["lvcreate", "blocks"],
  ["e2fsck", "device"],
  ["mount", "config"],
  ["sfdisk", "blocks"],
  ["mkfs_b", "blocks"],
  ["debug", "programs"],
  ["copy_device_to_file", "files"],
  ["copy_file_to_device", "device"],
  ["copy_device_to_device", "device"],
  ["set_e2attrs", "device"],
  ["zero_free_space", "device"],
  ["mkmountpoint", "files"],
] as const)("%s reaches %s", (action, reach) => {
  expect(reachOf(action)).toBe(reach);
});

test("adds up what was done", () => {
  const effects = new Effects();

  effects.add({ action: "lstatns", args: { path: "/" } });
  expect(effects.any).toBe(false);

  effects.add({ action: "e2fsck", args: { device: "/dev/sda1" } });
  effects.add({ action: "utimens", args: { path: "/f" } });
  expect(effects).toMatchObject({ filesWritten: true, blocksWritten: true });
  expect([...effects.deviceWrites]).toEqual([["/dev/sda1", new Set(["e2fsck"])]]);
  expect([...effects.timesSet]).toEqual(["/f"]);
});

test("names the place where an action wrote unseen, be it a path", () => {
  const effects = new Effects();

  effects.add({ action: "btrfs_subvolume_set_default", args: { id: 5n, fs: "/srv" } });

  expect([...effects.deviceWrites]).toEqual([["/srv", new Set(["btrfs_subvolume_set_default"])]]);
});

test("tells what was written to where no comparison sees it", () => {
  const effects = new Effects();

  effects.add({ action: "copy_device_to_device", args: { src: "/dev/sda", dest: "/dev/sdb" } });
  effects.add({ action: "set_e2attrs", args: { file: "/f", attrs: "i" } });

  expect([...effects.deviceWrites]).toEqual([
    ["/dev/sdb", new Set(["copy_device_to_device"])],
    ["/f", new Set(["set_e2attrs"])],
  ]);
});

test.each([
  [{ filename: "f", remotefilename: "/srv/file" }, "files"],
  [{ filename: "f", remotefilename: "/dev/sda1" }, "device"],
  [{ filename: "f", remotefilename: "//dev/sda1" }, "device"],
  [undefined, "device"],
] as const)("upload with %j reaches %s", (args, reach) => {
  expect(reachOf("upload", args)).toBe(reach);
});

test("notes programs of the guest, and devices that were formatted", () => {
  const effects = new Effects();

  effects.add({ action: "sh", args: { command: "true" } });
  effects.add({ action: "mkfs", args: { fstype: "ext4", device: "/dev/sda1" } });
  effects.add({ action: "mkfs_btrfs", args: { devices: ["/dev/sda2", "/dev/sda3"] } });
  effects.add({ action: "set_label", args: { mountable: "/dev/sda4", label: "x" } });

  expect([...effects.guestPrograms]).toEqual(["sh"]);
  expect([...effects.formatted]).toEqual(["/dev/sda1", "/dev/sda2", "/dev/sda3"]);
});
