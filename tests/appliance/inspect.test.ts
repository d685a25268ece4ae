/**
 * Inspection of whole disks, ours and a real libguestfs daemon's beside each other: partitions, LVM, btrfs, swap, /usr of its
 * own, and the names that fstab has for all that.
 */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { openGuestfs, type AddDrive, type GuestfsApi, type Handle } from "../../engine/index.ts";
import { elf } from "../guestfsd/inspect/made-up-guests.ts";
import { debianAppliance } from "./support/debian-appliance.ts";

const MIB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), "gild-inspect-"));
const ROOT_UUID = "0d60f95f-6f31-4bb2-a7ae-d60cd41ff1f2";
const BTRFS_UUID = "9a2c1fb7-3c59-4be1-9d6c-e7a8ac2e2f11";

const disks: readonly AddDrive[] = [260, 160, 32, 16].map((size, index) => {
  const filename = join(folder, `disk${index}.img`);
  writeFileSync(filename, "");
  truncateSync(filename, size * MIB);
  return { filename, format: "raw" };
});

const release = (id: string, version: string): string =>
  `ID=${id}\nVERSION_ID="${version}"\nPRETTY_NAME="${id} made up"\n`;

/** Disk a: partitions and LVM. */
async function makeDebian(g: GuestfsApi): Promise<void> {
  const device = "/dev/sda";
  await g.part_init({ device, parttype: "gpt" });
  for (const [start, end] of [
    [1, 16],
    [16, 80],
    [80, 96],
    [96, 250],
  ] as const) {
    const sectors = (mib: number): bigint => BigInt(mib * 2048);
    await g.part_add({ device, prlogex: "p", startsect: sectors(start), endsect: sectors(end) - 1n });
  }
  await g.part_set_name({ device, partnum: 1, name: "boot part" });
  await g.mkfs({ fstype: "ext2", device: "/dev/sda1", label: "BOOT" });
  await g.mkfs({ fstype: "ext4", device: "/dev/sda2" });
  await g.set_uuid({ device: "/dev/sda2", uuid: ROOT_UUID });
  await g.mkswap({ device: "/dev/sda3", label: "SWAP" });
  await g.pvcreate({ device: "/dev/sda4" });
  await g.vgcreate({ volgroup: "vg-a", physvols: ["/dev/sda4"] });
  for (const logvol of ["home-x", "var", "srv"]) {
    await g.lvcreate({ logvol, volgroup: "vg-a", mbytes: 32 });
    await g.mkfs({ fstype: "ext2", device: `/dev/vg-a/${logvol}` });
  }
  await g.mount({ mountable: "/dev/sda2", mountpoint: "/" });
  for (const path of ["/etc", "/bin"]) await g.mkdir({ path });
  await g.write({ path: "/bin/sh", content: elf(62) });
  await g.write({ path: "/etc/os-release", content: release("debian", "12") });
  await g.write({ path: "/etc/hostname", content: "db1\n" });
  await g.write({
    path: "/etc/fstab",
    content: [
      "# comment",
      `UUID=${ROOT_UUID} / ext4 errors=remount-ro 0 1`,
      "LABEL=BOOT /boot ext2 defaults 0 2",
      "/dev/mapper/vg--a-home--x /home ext2 defaults 0 2",
      "/dev/vg-a/var /var ext2 noauto 0 2",
      "/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_x-part1 /mnt/by\\040id ext2 noauto 0 0",
      "LABEL=SWAP none swap sw 0 0",
      "UUID=ffffffff-0000-0000-0000-000000000000 /missing ext4 defaults 0 2",
      "tmpfs /tmp tmpfs defaults 0 0",
      "/srv/x /srv/y none bind 0 0",
      "server:/export /nfs nfs defaults 0 0",
      "/swapfile none swap sw 0 0",
      "/dev/sr0 /media/cdrom0 udf,iso9660 user,noauto 0 0",
      "",
    ].join("\n"),
  });
  await g.umount_all();
}

/** Disk b: a root in a subvolume. */
async function makeOpensuse(g: GuestfsApi): Promise<void> {
  await g.mkfs({ fstype: "btrfs", device: "/dev/sdb" });
  await g.set_uuid({ device: "/dev/sdb", uuid: BTRFS_UUID });
  await g.mount({ mountable: "/dev/sdb", mountpoint: "/" });
  for (const dest of ["/@", "/@home"]) await g.btrfs_subvolume_create({ dest });
  for (const path of ["/@/etc", "/@/usr", "/@/usr/bin"]) await g.mkdir({ path });
  await g.ln_s({ target: "usr/bin", linkname: "/@/bin" });
  await g.write({ path: "/@/usr/bin/bash", content: elf(183) });
  await g.write({ path: "/@/etc/os-release", content: release("opensuse-leap", "15.4") });
  await g.write({
    path: "/@/etc/fstab",
    content: `UUID=${BTRFS_UUID} / btrfs subvol=@ 0 0\nUUID=${BTRFS_UUID} /home btrfs defaults,subvol=@home 0 0\n`,
  });
  await g.umount_all();
}

/** Disks c and d: /usr on a disk of its own, named as the guest's kernel names it. */
async function makeFedora(g: GuestfsApi): Promise<void> {
  await g.mkfs({ fstype: "ext2", device: "/dev/sdc" });
  await g.mount({ mountable: "/dev/sdc", mountpoint: "/" });
  for (const path of ["/etc", "/usr"]) await g.mkdir({ path });
  await g.ln_s({ target: "usr/bin", linkname: "/bin" });
  await g.ln_s({ target: "../usr/lib/os-release", linkname: "/etc/os-release" });
  await g.write({ path: "/etc/fstab", content: "/dev/vdc / ext2 defaults 0 0\n/dev/xvdd /usr ext2 defaults 0 0\n" });
  await g.umount_all();
  await g.mkfs({ fstype: "ext2", device: "/dev/sdd" });
  await g.mount({ mountable: "/dev/sdd", mountpoint: "/" });
  for (const path of ["/bin", "/lib", "/share", "/local", "/etc"]) await g.mkdir({ path });
  await g.write({ path: "/bin/bash", content: elf(62) });
  await g.write({ path: "/lib/os-release", content: release("fedora", "39") });
  await g.umount_all();
}

beforeAll(async () => {
  const handle = await openGuestfs({ env: process.env }, disks);
  try {
    await makeDebian(handle.g);
    await makeOpensuse(handle.g);
    await makeFedora(handle.g);
    await handle.shutdown();
  } finally {
    await handle.close();
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function describeRoot(g: GuestfsApi, root: string): Promise<Record<string, unknown>> {
  return {
    type: await g.inspect_get_type({ root }),
    distro: await g.inspect_get_distro({ root }),
    version: [await g.inspect_get_major_version({ root }), await g.inspect_get_minor_version({ root })],
    product_name: await g.inspect_get_product_name({ root }),
    arch: await g.inspect_get_arch({ root }),
    hostname: await g.inspect_get_hostname({ root }),
    package_format: await g.inspect_get_package_format({ root }),
    mountpoints: Object.fromEntries(await g.inspect_get_mountpoints({ root })),
    filesystems: (await g.inspect_get_filesystems({ root })).toSorted(),
  };
}

describe.each([
  ["our daemon", async () => undefined],
  ["libguestfs's daemon", debianAppliance],
])("%s", (_whose, appliance) => {
  let handle: Handle;
  let roots: readonly string[] = [];

  beforeAll(async () => {
    const drives = disks.map((disk) => ({ ...disk, readonly: true }));
    handle = await openGuestfs({ env: process.env, path: await appliance() }, drives);
    roots = await handle.g.inspect_os();
  });
  afterAll(async () => {
    await handle.close();
  });

  test("finds the roots, and keeps them over umount_all", async () => {
    await handle.g.umount_all();

    expect(roots.toSorted()).toEqual(["/dev/sda2", "/dev/sdc", "btrfsvol:/dev/sdb/@"]);
    expect(await handle.g.inspect_get_roots()).toEqual(roots);
    expect(await handle.g.mounts()).toEqual([]);
  });

  test("describes a Debian on partitions and LVM", async () => {
    expect(await describeRoot(handle.g, "/dev/sda2")).toEqual({
      type: "linux",
      distro: "debian",
      version: [12, 0],
      product_name: "debian made up",
      arch: "x86_64",
      hostname: "db1",
      package_format: "deb",
      mountpoints: {
        "/": "/dev/sda2",
        "/boot": "/dev/sda1",
        "/home": "/dev/vg-a/home-x",
        "/var": "/dev/vg-a/var",
        "/mnt/by id": "/dev/sda1",
      },
      filesystems: ["/dev/sda1", "/dev/sda2", "/dev/sda3", "/dev/vg-a/home-x", "/dev/vg-a/var"],
    });
  });

  test("describes an openSUSE in a btrfs subvolume", async () => {
    expect(await describeRoot(handle.g, "btrfsvol:/dev/sdb/@")).toEqual({
      type: "linux",
      distro: "opensuse",
      version: [15, 4],
      product_name: "opensuse-leap made up",
      arch: "aarch64",
      hostname: "unknown",
      package_format: "rpm",
      mountpoints: { "/": "btrfsvol:/dev/sdb/@", "/home": "btrfsvol:/dev/sdb/@home" },
      filesystems: ["btrfsvol:/dev/sdb/@", "btrfsvol:/dev/sdb/@home"],
    });
  });

  test("describes a Fedora with its /usr on another disk", async () => {
    expect(await describeRoot(handle.g, "/dev/sdc")).toEqual({
      type: "linux",
      distro: "fedora",
      version: [39, 0],
      product_name: "fedora made up",
      arch: "x86_64",
      hostname: "unknown",
      package_format: "rpm",
      mountpoints: { "/": "/dev/sdc", "/usr": "/dev/sdd" },
      filesystems: ["/dev/sdc", "/dev/sdd"],
    });
  });

  test("refuses a root that it did not find", async () => {
    await expect(handle.g.inspect_get_type({ root: "/dev/sda1" })).rejects.toMatchObject({
      action: "inspect_get_type",
      errno: "",
    });
  });
});
