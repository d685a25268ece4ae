/** Names in the fstabs of guests: what they mean on our disks. */
import { describe, expect, test } from "vitest";

import { fstabName, type FstabName } from "../../../guestfsd/inspect/fstab-name.ts";
import { absentDevice, mountpointOf, subvolumeOf } from "../../../guestfsd/inspect/fstab.ts";
import type { SystemType } from "../../../guestfsd/inspect/system.ts";

const place = (disk: number, partition: number): FstabName => ({ kind: "place", disk, partition });
const tag = (name: string, value: string): FstabName => ({ kind: "tag", tag: name, value });

describe("fstabName", () => {
  test.each([
    ["linux", "UUID=4444-AAAA", tag("UUID", "4444-AAAA")],
    ["linux", "LABEL=my data", tag("LABEL", "my data")],
    ["linux", "PARTUUID=1-2", tag("PART_ENTRY_UUID", "1-2")],
    ["linux", "PARTLABEL=root", tag("PART_ENTRY_NAME", "root")],
    ["linux", "/dev/disk/by-uuid/1-2", tag("UUID", "1-2")],
    ["linux", "/dev/disk/by-label/my\\x20data", tag("LABEL", "my data")],
    ["linux", "/dev/disk/by-partlabel/a", tag("PART_ENTRY_NAME", "a")],
    ["linux", "/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_x-part2", { kind: "partition", partition: 2 }],
    ["linux", "/dev/vdb1", { kind: "lettered", name: "/dev/vdb1" }],
    ["linux", "/dev/xvda", { kind: "lettered", name: "/dev/xvda" }],
    ["linux", "/dev/hda3", { kind: "lettered", name: "/dev/hda3" }],
    ["linux", "/dev/nvme1n1p2", place(1, 2)],
    ["linux", "/dev/mmcblk0p1", place(0, 1)],
    ["linux", "/dev/cciss/c0d1p2", place(1, 2)],
    ["linux", "/dev/md0", { kind: "md", name: "0" }],
    ["linux", "/dev/md/home", { kind: "md", name: "home" }],
    ["linux", "/dev/mapper/vg--a-lv", { kind: "mapper", name: "vg--a-lv" }],
    ["linux", "/dev/vg-a/lv", { kind: "path", path: "/dev/vg-a/lv" }],
    ["freebsd", "/dev/ada0p2", place(0, 2)],
    ["freebsd", "/dev/da1s1a", place(1, 5)],
    ["freebsd", "/dev/da1s1d", place(1, 7)],
    ["freebsd", "/dev/gpt/swap", tag("PART_ENTRY_NAME", "swap")],
    ["freebsd", "/dev/ufs/root", tag("LABEL", "root")],
    ["netbsd", "/dev/wd0a", place(0, 5)],
    ["netbsd", "/dev/wd1e", place(1, 7)],
    ["openbsd", "/dev/sd0d", place(0, 7)],
    ["openbsd", "52fdd1ce48744600.b", place(0, 6)],
    ["hurd", "/dev/hd0s1", place(0, 1)],
    ["hurd", "/dev/sd1s2", place(1, 2)],
    ["minix", "/dev/c0d0p0", place(0, 1)],
    ["minix", "/dev/c0d0p0s1", place(0, 6)],
  ] satisfies [SystemType, string, FstabName][])("of %s: %s", (system, spec, wanted) => {
    expect(fstabName(spec, system)).toEqual(wanted);
  });

  test.each([
    "tmpfs",
    "proc",
    "server:/export",
    "//server/share",
    "/swapfile",
    "none",
    "UUID=",
    "52fdd1ce48744600.b",
    "",
  ])("is nothing on a disk: %s", (spec) => {
    expect(fstabName(spec, "linux")).toBeUndefined();
  });
});

const entry = { spec: "UUID=1", mountpoint: "/", type: "btrfs", options: ["defaults"] };

test.each([
  [{ ...entry, options: ["noatime", "subvol=/@home/"] }, "@home"],
  [{ ...entry, options: ["subvol=root/x"] }, "root/x"],
  [{ ...entry, options: ["subvol=/"] }, undefined],
  [entry, undefined],
  [{ ...entry, type: "ext4", options: ["subvol=x"] }, undefined],
])("subvolume of %j", (given, wanted) => {
  expect(subvolumeOf(given)).toBe(wanted);
});

test.each([
  ["/", "/"],
  ["//var//log/", "/var/log"],
  ["/./usr", "/usr"],
  ["none", undefined],
  ["swap", undefined],
])("mount point %s", (mountpoint, wanted) => {
  expect(mountpointOf({ ...entry, mountpoint })).toBe(wanted);
});

describe("absentDevice", () => {
  test.each([
    ["/dev/mapper/shut", "/data", "/dev/mapper/shut"],
    ["/dev/sdz1", "none", "/dev/sdz1"],
    ["/dev/sr0", "/mnt", undefined],
    ["/dev/fd0", "/mnt", undefined],
    ["/dev/sdz1", "/media/stick", undefined],
    ["/dev/sdz1", "/mediax", "/dev/sdz1"],
    ["UUID=1-2", "/data", undefined],
    ["server:/export", "/nfs", undefined],
  ])("of %s on %s: %s", (spec, mountpoint, wanted) => {
    expect(absentDevice({ spec, mountpoint, type: "ext4", options: [] })).toBe(wanted);
  });
});
