import { expect, test } from "vitest";

import { parseFstab } from "../../engine/fstab.ts";
import { deviceOf, mapperToLv, normalizePath, resolveMounts } from "../../engine/mounts.ts";
import type { Guestfs } from "../../schemas/index.ts";

const blkid: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  "/dev/sda1": [
    ["UUID", "ABCD-1234"],
    ["LABEL", "EFI"],
    ["PART_ENTRY_UUID", "11111111-aaaa"],
    ["PART_ENTRY_NAME", "esp"],
  ],
  "/dev/sda2": [["UUID", "2222"]],
  "/dev/vg0/root": [["UUID", "3333"]],
};

// Only blkid is called.
const g = { blkid: async ({ device }: { device: string }) => blkid[device] ?? [] } as unknown as Guestfs;
const filesystems = Object.keys(blkid).map((mountable) => ({ mountable, type: "ext4" }));

async function resolve(fstab: string): Promise<Record<string, string>> {
  const { mounts } = await resolveMounts(g, "/dev/vg0/root", parseFstab(fstab), filesystems);
  return Object.fromEntries(mounts.map(({ mountpoint, mountable }) => [mountpoint, mountable]));
}

test.each([
  ["UUID=abcd-1234", "/dev/sda1"],
  ['LABEL="EFI"', "/dev/sda1"],
  ["PARTUUID=11111111-AAAA", "/dev/sda1"],
  ["PARTLABEL=esp", "/dev/sda1"],
  ["/dev/disk/by-uuid/2222", "/dev/sda2"],
  ["/dev/vda2", "/dev/sda2"],
  ["/dev/xvda2", "/dev/sda2"],
  ["/dev/mapper/vg0-root", "/dev/vg0/root"],
])("%s is %s", async (spec, device) => {
  expect((await resolve(`${spec} /x ext4`))["/x"]).toBe(device);
});

test("the root is the one that was found, parents come first, the last entry of a mount point is ignored", async () => {
  const { mounts } = await resolveMounts(
    g,
    "/dev/vg0/root",
    parseFstab("UUID=abcd-1234 /boot/efi vfat\n/dev/sdz1 / ext4\n/dev/sda2 //boot/ ext4\n/dev/sda1 /boot ext4"),
    filesystems,
  );

  expect(mounts).toEqual([
    { mountpoint: "/", mountable: "/dev/vg0/root" },
    { mountpoint: "/boot", mountable: "/dev/sda2" },
    { mountpoint: "/boot/efi", mountable: "/dev/sda1" },
  ]);
});

test("what is not attached is a warning, unless it may fail", async () => {
  const { warnings } = await resolveMounts(
    g,
    "/dev/sda2",
    parseFstab("UUID=none /data ext4\nUUID=other /more ext4 nofail"),
    filesystems,
  );

  expect(warnings).toEqual(["fstab: /data: no filesystem UUID=none on the disks"]);
});

test("btrfs subvolumes become mountables", async () => {
  expect((await resolve("/dev/sda2 /home btrfs subvol=/@home"))["/home"]).toBe("btrfsvol:/dev/sda2/@home");
});

test("device mapper names", () => {
  expect(mapperToLv("/dev/mapper/my--vg-lv--1")).toBe("/dev/my-vg/lv-1");
  expect(mapperToLv("/dev/mapper/luks")).toBeUndefined();
  expect(mapperToLv("/dev/sda1")).toBeUndefined();
});

test("devices of mountables and tidy paths", () => {
  expect(deviceOf("btrfsvol:/dev/sda2/@/nested")).toBe("/dev/sda2");
  expect(deviceOf("btrfsvol:/dev/vg/lv/@")).toBe("/dev/vg/lv");
  expect(deviceOf("/dev/sda1")).toBe("/dev/sda1");
  expect(normalizePath("//boot/./efi/")).toBe("/boot/efi");
});
