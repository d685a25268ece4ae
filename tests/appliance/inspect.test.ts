/**
 * Inspection of whole disks, ours and a real libguestfs daemon's beside each other: partitions, LVM, btrfs, swap, /usr of its
 * own, and the names that fstab has for all that.
 */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { openGuestfs, type AddDrive, type GuestfsApi, type Handle } from "../../engine/index.ts";
import { elf, windowsProgram } from "../guestfsd/inspect/made-up-guests.ts";
import { makeHive, SOFTWARE, system, type HiveCall } from "../guestfsd/inspect/make-hive.ts";
import { debianAppliance } from "./support/debian-appliance.ts";

const MIB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), "gild-inspect-"));
const ROOT_UUID = "0d60f95f-6f31-4bb2-a7ae-d60cd41ff1f2";
const BTRFS_UUID = "9a2c1fb7-3c59-4be1-9d6c-e7a8ac2e2f11";

/** One disk: libguestfs's daemon mixes up the disks of an fstab where the kernel gave them other letters. */
const disk: AddDrive = { filename: join(folder, "disk.img"), format: "raw" };
/** First and end MiB of the partitions. */
const PARTITIONS = [
  [1, 16],
  [16, 80],
  [80, 96],
  [96, 250],
  [250, 400],
  [400, 416],
  [416, 432],
  [432, 464],
] as const;
/** As Windows writes it, the first three numbers with their bytes turned round. */
const GUID_BYTES = Buffer.from("67452301ab89efcd0123456789abcdef", "hex").toString("latin1");
const WINDOWS_GUID = "01234567-89AB-CDEF-0123-456789ABCDEF";

const release = (id: string, version: string): string =>
  `ID=${id}\nVERSION_ID="${version}"\nPRETTY_NAME="${id} made up"\n`;

async function makePartitions(g: GuestfsApi): Promise<void> {
  const device = "/dev/sda";
  const sectors = (mib: number): bigint => BigInt(mib * 2048);
  await g.part_init({ device, parttype: "gpt" });
  for (const [start, end] of PARTITIONS) {
    await g.part_add({ device, prlogex: "p", startsect: sectors(start), endsect: sectors(end) - 1n });
  }
}

/** Partitions 1 to 4: with LVM. */
async function makeDebian(g: GuestfsApi): Promise<void> {
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
      "/dev/mapper/shut /shut ext4 defaults 0 2",
      "/dev/nothing/swap none swap sw 0 0",
      "",
    ].join("\n"),
  });
  await g.umount_all();
}

/** Partition 5: a root in a subvolume. */
async function makeOpensuse(g: GuestfsApi): Promise<void> {
  await g.mkfs({ fstype: "btrfs", device: "/dev/sda5" });
  await g.set_uuid({ device: "/dev/sda5", uuid: BTRFS_UUID });
  await g.mount({ mountable: "/dev/sda5", mountpoint: "/" });
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

/** Partitions 6 and 7: /usr is a filesystem of its own; names as a guest's kernel has them. */
async function makeFedora(g: GuestfsApi): Promise<void> {
  for (const device of ["/dev/sda6", "/dev/sda7"]) await g.mkfs({ fstype: "ext2", device });
  await g.mount({ mountable: "/dev/sda6", mountpoint: "/" });
  for (const path of ["/etc", "/usr"]) await g.mkdir({ path });
  await g.ln_s({ target: "usr/bin", linkname: "/bin" });
  await g.ln_s({ target: "../usr/lib/os-release", linkname: "/etc/os-release" });
  await g.write({ path: "/etc/fstab", content: "/dev/vda6 / ext2 defaults 0 0\n/dev/xvda7 /usr ext2 defaults 0 0\n" });
  await g.umount_all();
  await g.mount({ mountable: "/dev/sda7", mountpoint: "/" });
  for (const path of ["/bin", "/lib", "/share", "/local", "/etc"]) await g.mkdir({ path });
  await g.write({ path: "/bin/bash", content: elf(62) });
  await g.write({ path: "/lib/os-release", content: release("fedora", "39") });
  await g.umount_all();
}

/** Partition 8. */
async function makeWindows(g: GuestfsApi): Promise<void> {
  await g.part_set_gpt_guid({ device: "/dev/sda", partnum: 8, guid: WINDOWS_GUID });
  await g.mkfs({ fstype: "ntfs", device: "/dev/sda8" });
  await g.mount({ mountable: "/dev/sda8", mountpoint: "/" });
  await g.mkdir_p({ path: "/Windows/System32/config" });
  await g.write({ path: "/Windows/System32/cmd.exe", content: windowsProgram(0x8664) });
  // Every action has a method of its name.
  const call: HiveCall = async (name, args) => await Reflect.apply(Reflect.get(g, name) as HiveCall, g, [args]);
  const devices = { "=\\DosDevices\\C:": Buffer.from(`DMIO:ID:${GUID_BYTES}`, "latin1") };
  await makeHive(call, "/Windows/System32/config/SOFTWARE", SOFTWARE);
  await makeHive(call, "/Windows/System32/config/SYSTEM", system(devices));
  await g.umount_all();
}

beforeAll(async () => {
  writeFileSync(disk.filename, "");
  truncateSync(disk.filename, 470 * MIB);
  const handle = await openGuestfs({ env: process.env }, [disk]);
  try {
    await makePartitions(handle.g);
    await makeDebian(handle.g);
    await makeOpensuse(handle.g);
    await makeFedora(handle.g);
    await makeWindows(handle.g);
    await handle.shutdown();
  } finally {
    await handle.close();
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function describeRoot(
  g: GuestfsApi,
  root: string,
  named: (text: string) => string,
): Promise<Record<string, unknown>> {
  const mountpoints = await g.inspect_get_mountpoints({ root });

  return {
    type: await g.inspect_get_type({ root }),
    distro: await g.inspect_get_distro({ root }),
    version: [await g.inspect_get_major_version({ root }), await g.inspect_get_minor_version({ root })],
    product_name: await g.inspect_get_product_name({ root }),
    arch: await g.inspect_get_arch({ root }),
    hostname: await g.inspect_get_hostname({ root }),
    package_format: await g.inspect_get_package_format({ root }),
    mountpoints: Object.fromEntries(mountpoints.map(([mountpoint, mountable]) => [mountpoint, named(mountable)])),
    // Each once.
    filesystems: [...new Set((await g.inspect_get_filesystems({ root })).map(named))].sort(),
  };
}

const OURS = "our daemon";

describe.each([
  [OURS, async () => undefined],
  ["libguestfs's daemon", debianAppliance],
])("%s", (whose, appliance) => {
  const isOurs = whose === OURS;
  /** libguestfs's daemon gives a subvolume's device by the letter that the kernel chose, which is another in each launch. */
  const named = (text: string): string =>
    isOurs ? text : text.replace(/^btrfsvol:\/dev\/sd[a-z]5/, "btrfsvol:/dev/sda5");
  let handle: Handle;
  let roots: readonly string[] = [];

  beforeAll(async () => {
    handle = await openGuestfs({ env: process.env, path: await appliance() }, [{ ...disk, readonly: true }]);
    roots = await handle.g.inspect_os();
  });
  afterAll(async () => {
    await handle.close();
  });

  test("finds the roots, and keeps them over umount_all", async () => {
    await handle.g.umount_all();

    expect(roots.map(named).toSorted()).toEqual(["/dev/sda2", "/dev/sda6", "/dev/sda8", "btrfsvol:/dev/sda5/@"]);
    expect(await handle.g.inspect_get_roots()).toEqual(roots);
    expect(await handle.g.mounts()).toEqual([]);
  });

  test("describes a Debian on partitions and LVM", async () => {
    expect(await describeRoot(handle.g, "/dev/sda2", named)).toEqual({
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
        // libguestfs's daemon leaves the name as it is written.
        [isOurs ? "/mnt/by id" : "/mnt/by\\040id"]: "/dev/sda1",
        "/shut": "/dev/mapper/shut",
      },
      filesystems: [
        "/dev/mapper/shut",
        "/dev/nothing/swap",
        "/dev/sda1",
        "/dev/sda2",
        "/dev/sda3",
        "/dev/vg-a/home-x",
        "/dev/vg-a/var",
      ],
    });
  });

  test("describes an openSUSE in a btrfs subvolume", async () => {
    expect(await describeRoot(handle.g, "btrfsvol:/dev/sda5/@", named)).toEqual({
      type: "linux",
      distro: "opensuse",
      version: [15, 4],
      product_name: "opensuse-leap made up",
      arch: "aarch64",
      hostname: "unknown",
      package_format: "rpm",
      mountpoints: { "/": "btrfsvol:/dev/sda5/@", "/home": "btrfsvol:/dev/sda5/@home" },
      filesystems: ["btrfsvol:/dev/sda5/@", "btrfsvol:/dev/sda5/@home"],
    });
  });

  test("describes a Fedora with its /usr on another filesystem", async () => {
    // libguestfs's daemon does not find the /usr where the kernel gave the disk another letter.
    const byUsr = {
      distro: "fedora",
      version: [39, 0],
      product_name: "fedora made up",
      arch: "x86_64",
      package_format: "rpm",
    };

    expect(await describeRoot(handle.g, "/dev/sda6", named)).toMatchObject({
      type: "linux",
      mountpoints: { "/": "/dev/sda6", "/usr": "/dev/sda7" },
      filesystems: ["/dev/sda6", "/dev/sda7"],
      ...(isOurs ? byUsr : {}),
    });
  });

  test("describes a Windows by its registry", async () => {
    const root = "/dev/sda8";
    const { g } = handle;

    expect(await describeRoot(g, root, named)).toEqual({
      type: "windows",
      distro: "windows",
      version: [10, 0],
      product_name: "Windows 10 Pro",
      arch: "x86_64",
      hostname: "win10",
      package_format: "unknown",
      mountpoints: { "/": root },
      filesystems: [root],
    });
    expect({
      variant: await g.inspect_get_product_variant({ root }),
      systemroot: await g.inspect_get_windows_systemroot({ root }),
      software: await g.inspect_get_windows_software_hive({ root }),
      system: await g.inspect_get_windows_system_hive({ root }),
      controlSet: await g.inspect_get_windows_current_control_set({ root }),
      ...(isOurs ? { groupPolicy: await g.inspect_get_windows_group_policy({ root }) } : {}),
      drives: await g.inspect_get_drive_mappings({ root }),
      osinfo: await g.inspect_get_osinfo({ root }),
    }).toEqual({
      variant: "Client",
      systemroot: "/Windows",
      software: "/Windows/System32/config/SOFTWARE",
      system: "/Windows/System32/config/SYSTEM",
      controlSet: "ControlSet002",
      ...(isOurs ? { groupPolicy: true } : {}),
      drives: [["C", root]],
      osinfo: "win10",
    });
    await g.mount_ro({ mountable: root, mountpoint: "/" });
    expect(await g.inspect_list_applications2({ root })).toMatchObject([
      { app2_name: "7-Zip", app2_display_name: "7-Zip 22.01 (x64)", app2_version: "22.01" },
      { app2_name: "Old", app2_description: "x" },
    ]);
    await g.umount_all();
  });

  test("refuses a root that it did not find", async () => {
    await expect(handle.g.inspect_get_type({ root: "/dev/sda1" })).rejects.toMatchObject({
      action: "inspect_get_type",
      errno: "",
    });
  });
});
