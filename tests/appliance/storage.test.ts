/** Disks in our own appliance: one launch, a layout that grows, and guests that try to lead a mount astray. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { openGuestfs, type GuestfsApi, type Handle } from "../../engine/index.ts";

const GiB = 1024 ** 3;
const MiB = 1024 ** 2;
const folder = mkdtempSync(join(tmpdir(), "gild-storage-"));
let handle: Handle | undefined;

function blank(name: string, sizeBytes: number): string {
  const path = join(folder, name);
  writeFileSync(path, "");
  truncateSync(path, sizeBytes);
  return path;
}

function client(): GuestfsApi {
  if (handle === undefined) throw new Error("the appliance was not launched");
  return handle.g;
}

beforeAll(async () => {
  handle = await openGuestfs({ env: process.env }, [
    { filename: blank("big.img", GiB), format: "raw" },
    { filename: blank("small.img", 64 * MiB), format: "raw" },
  ]);
});

beforeEach(async () => {
  const g = client();
  await g.umount_all();
  await g.lvm_remove_all();
  await g.wipefs({ device: "/dev/sda" });
  await g.blockdev_rereadpt({ device: "/dev/sda" });
});

afterAll(async () => {
  await handle?.close();
  rmSync(folder, { recursive: true });
});

it("grows partition, physical volume, logical volume and a mounted filesystem", async () => {
  const g = client();
  await g.part_init({ device: "/dev/sda", parttype: "gpt" });
  await g.part_add({ device: "/dev/sda", prlogex: "p", startsect: 2048n, endsect: 1048575n });
  await g.pvcreate({ device: "/dev/sda1" });
  await g.vgcreate({ volgroup: "vg0", physvols: ["/dev/sda1"] });
  await g.lvcreate_free({ logvol: "root", volgroup: "vg0", percent: 100 });
  await g.mkfs({ fstype: "xfs", device: "/dev/vg0/root" });
  await g.mount({ mountable: "/dev/vg0/root", mountpoint: "/" });
  await g.write({ path: "/kept", content: "kept" });
  const before = await g.statvfs({ path: "/" });

  await g.part_resize({ device: "/dev/sda", partnum: 1, endsect: -34n });
  await g.pvresize({ device: "/dev/sda1" });
  await g.lvresize_free({ lv: "/dev/vg0/root", percent: 100 });
  await g.xfs_growfs({ path: "/", datasec: true });
  const after = await g.statvfs({ path: "/" });

  expect(after.blocks).toBeGreaterThan((before.blocks * 19n) / 10n);
  expect(await g.cat({ path: "/kept" })).toBe("kept");
});

it("lists every filesystem of a mixed layout by what it is", async () => {
  const g = client();
  await g.part_init({ device: "/dev/sda", parttype: "msdos" });
  await g.part_add({ device: "/dev/sda", prlogex: "p", startsect: 2048n, endsect: 43007n });
  await g.part_add({ device: "/dev/sda", prlogex: "e", startsect: 43008n, endsect: -1n });
  await g.part_add({ device: "/dev/sda", prlogex: "l", startsect: 45056n, endsect: 86015n });
  await g.part_add({ device: "/dev/sda", prlogex: "l", startsect: 88064n, endsect: 700000n });
  await g.part_add({ device: "/dev/sda", prlogex: "l", startsect: 702464n, endsect: -1n });
  await g.mkfs({ fstype: "vfat", device: "/dev/sda1" });
  await g.mkswap({ device: "/dev/sda5" });
  await g.mkfs({ fstype: "btrfs", device: "/dev/sda6" });
  await g.pvcreate({ device: "/dev/sda7" });
  await g.mount({ mountable: "/dev/sda6", mountpoint: "/" });
  await g.btrfs_subvolume_create({ dest: "/home" });
  await g.umount_all();

  expect(await g.list_filesystems()).toEqual([
    ["/dev/sdb", "unknown"],
    ["/dev/sda1", "vfat"],
    ["/dev/sda5", "swap"],
    ["/dev/sda6", "btrfs"],
    ["btrfsvol:/dev/sda6/home", "btrfs"],
  ]);
});

it("leaves the kernel's other partitions alone while one of them is mounted", async () => {
  const g = client();
  await g.part_init({ device: "/dev/sda", parttype: "gpt" });
  await g.part_add({ device: "/dev/sda", prlogex: "p", startsect: 2048n, endsect: 43007n });
  await g.mkfs({ fstype: "ext4", device: "/dev/sda1" });
  await g.mount({ mountable: "/dev/sda1", mountpoint: "/" });

  await g.part_add({ device: "/dev/sda", prlogex: "p", startsect: 43008n, endsect: 86015n });
  await expect(g.part_del({ device: "/dev/sda", partnum: 1 })).rejects.toMatchObject({ errno: "EBUSY" });
  await g.part_del({ device: "/dev/sda", partnum: 2 });

  expect(await g.list_partitions()).toEqual(["/dev/sda1"]);
});

describe("mount points of a hostile guest", () => {
  beforeEach(async () => {
    const g = client();
    await g.part_disk({ device: "/dev/sda", parttype: "gpt" });
    await g.mkfs({ fstype: "ext4", device: "/dev/sda1" });
    await g.mkfs({ fstype: "ext4", device: "/dev/sdb" });
    await g.mount({ mountable: "/dev/sda1", mountpoint: "/" });
    await g.mkdir_p({ path: "/inside/etc" });
  });

  it.each(["../../../../etc", "/etc", "/proc/self/root/etc", "/../../etc"])(
    "%s leads nowhere outside",
    async (target) => {
      const g = client();
      await g.ln_s({ target, linkname: "/mnt" });

      await expect(g.mount({ mountable: "/dev/sdb", mountpoint: "/mnt" })).rejects.toMatchObject({ errno: "ENOENT" });
    },
  );

  it("an absolute link is resolved in the guest", async () => {
    const g = client();
    await g.ln_s({ target: "/inside/etc", linkname: "/mnt" });

    await g.mount({ mountable: "/dev/sdb", mountpoint: "/mnt" });

    expect(await g.mountpoints()).toEqual([
      ["/dev/sda1", "/"],
      ["/dev/sdb", "/inside/etc"],
    ]);
  });

  it("what is no directory is refused", async () => {
    const g = client();
    await g.touch({ path: "/file" });

    await expect(g.mount({ mountable: "/dev/sdb", mountpoint: "/file" })).rejects.toMatchObject({ errno: "ENOTDIR" });
  });
});
