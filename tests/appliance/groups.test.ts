/**
 * What actions of the optional groups do beyond what the data beside their specs can say: files of the host, disks that no
 * action makes, guests that lead astray. One launch.
 */
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { GuestfsError, openGuestfs, type GuestfsApi, type Handle } from "../../engine/index.ts";
import { writeBoundDevice } from "./support/clevis.ts";
import { dynamicDisk, writeDynamicDisk } from "./support/dynamic-disk.ts";
import { mustRun } from "./support/program.ts";

const MiB = 1024 ** 2;
const DYNAMIC_SECTORS = 131072;
const WORK_BYTES = 512 * MiB;
const VOLUME = `/dev/mapper/ldm_vol_${dynamicDisk.group.name}_${dynamicDisk.volume}`;
const MARK = "a text that is found again";

const folder = mkdtempSync(join(tmpdir(), "gild-groups-"));
const inFolder = (name: string): string => join(folder, name);
const work = inFolder("work.img");
let handle: Handle | undefined;

function client(): GuestfsApi {
  if (handle === undefined) throw new Error("the appliance was not launched");
  return handle.g;
}

beforeAll(async () => {
  writeDynamicDisk(inFolder("dynamic.img"), DYNAMIC_SECTORS);
  await writeBoundDevice(inFolder("bound.img"), 32 * MiB, "found by Clevis");
  writeFileSync(work, "");
  truncateSync(work, WORK_BYTES);
  handle = await openGuestfs({ env: process.env }, [
    { filename: inFolder("dynamic.img"), format: "raw" },
    { filename: inFolder("bound.img"), format: "raw" },
    { filename: work, format: "raw", discard: "enable" },
  ]);
});

beforeEach(async () => {
  const g = client();
  await g.umount_all();
  truncateSync(work, 0);
  truncateSync(work, WORK_BYTES);
  await g.blockdev_flushbufs({ device: "/dev/sdc" });
});

afterAll(async () => {
  await handle?.close();
  rmSync(folder, { recursive: true });
});

async function mountNew(fstype: string): Promise<GuestfsApi> {
  const g = client();
  await g.mkfs({ fstype, device: "/dev/sdc" });
  await g.mount({ mountable: "/dev/sdc", mountpoint: "/" });
  return g;
}

it("the appliance has every group of libguestfs", async () => {
  const g = client();
  const groups = await g.available_all_groups();

  await g.available({ groups });

  expect(groups).toHaveLength(39);
});

describe("a Windows dynamic disk", () => {
  const diskgroup = dynamicDisk.group.guid;

  it("has its volumes when the appliance is launched, and is no filesystem itself", async () => {
    const g = client();

    expect(await g.list_ldm_volumes()).toEqual([VOLUME]);
    expect(await g.list_ldm_partitions()).toEqual([]);
    expect((await g.list_filesystems()).map(([device]) => device)).toEqual(["/dev/sdc", VOLUME]);
  });

  it("tells its group and its volume", async () => {
    const g = client();
    const volume = { diskgroup, volume: dynamicDisk.volume };

    expect(await g.ldmtool_scan()).toEqual([diskgroup]);
    expect(await g.ldmtool_scan_devices({ devices: ["/dev/sda"] })).toEqual([diskgroup]);
    expect(await g.ldmtool_diskgroup_name({ diskgroup })).toBe(dynamicDisk.group.name);
    expect(await g.ldmtool_diskgroup_volumes({ diskgroup })).toEqual([dynamicDisk.volume]);
    expect(await g.ldmtool_diskgroup_disks({ diskgroup })).toEqual([dynamicDisk.disk]);
    expect(await g.ldmtool_volume_type(volume)).toBe("simple");
    expect(await g.ldmtool_volume_hint(volume)).toBe(dynamicDisk.hint);
    expect(await g.ldmtool_volume_partitions(volume)).toEqual([dynamicDisk.partition]);
  });

  it("loses its volumes and gets them back", async () => {
    const g = client();

    await g.ldmtool_remove_all();
    expect(await g.list_ldm_volumes()).toEqual([]);
    await g.ldmtool_create_all();

    expect(await g.list_ldm_volumes()).toEqual([VOLUME]);
  });

  it("has volumes that filesystems are made on", async () => {
    const g = client();
    await g.mkfs({ fstype: "ntfs", device: VOLUME });
    await g.mount({ mountable: VOLUME, mountpoint: "/" });

    await g.write({ path: "/file", content: MARK });

    expect(await g.cat({ path: "/file" })).toBe(MARK);
  });
});

it("opens a LUKS device that Clevis has the passphrase of", async () => {
  const g = client();

  await g.clevis_luks_unlock({ device: "/dev/sdb", mapname: "opened" });

  try {
    expect(await g.luks_uuid({ device: "/dev/sdb" })).toMatch(/^[0-9a-f-]{36}$/);
    expect(await g.list_dm_devices()).toContain("/dev/mapper/opened");
  } finally {
    await g.cryptsetup_close({ device: "/dev/mapper/opened" });
  }
});

it("restores what ntfsclone_out saved", async () => {
  const g = await mountNew("ntfs");
  await g.write({ path: "/file", content: MARK });
  await g.umount_all();

  await g.ntfsclone_out({ device: "/dev/sdc", backupfile: inFolder("backup") });
  await g.zero_device({ device: "/dev/sdc" });
  await g.ntfsclone_in({ backupfile: inFolder("backup"), device: "/dev/sdc" });

  await g.mount({ mountable: "/dev/sdc", mountpoint: "/" });
  expect(await g.cat({ path: "/file" })).toBe(MARK);
});

it("leaves out of a squashfs what is excluded", async () => {
  const g = await mountNew("ext4");
  for (const path of ["/dir/kept", "/dir/sub/gone", "/dir/gone"]) {
    await g.mkdir_p({ path: path.slice(0, path.lastIndexOf("/")) });
    await g.write({ path, content: MARK });
  }

  await g.mksquashfs({ path: "/dir", filename: inFolder("image"), excludes: ["gone*"] });

  const listed = await mustRun("unsquashfs", ["-lc", inFolder("image")]);
  expect(listed.trim().split("\n").toSorted()).toEqual(["squashfs-root/kept", "squashfs-root/sub/gone"]);
});

describe("free space", () => {
  const bytesOnHost = (): number => statSync(work).blocks * 512;
  const noise = new Uint8Array(3 * MiB).fill(0x5a);

  it("is given back to the host by fstrim and blkdiscard", async () => {
    const g = await mountNew("ext4");
    for (let part = 0; part < 8; part += 1) await g.internal_write({ path: `/noise${part}`, content: noise });
    await g.sync();
    const full = bytesOnHost();
    for (let part = 0; part < 8; part += 1) await g.rm({ path: `/noise${part}` });

    await g.fstrim({ mountpoint: "/" });
    const trimmed = bytesOnHost();
    await g.umount_all();
    await g.blkdiscard({ device: "/dev/sdc" });

    expect(trimmed).toBeLessThan(full - 20 * MiB);
    expect(bytesOnHost()).toBeLessThan(MiB);
  });

  it("holds nothing any more after zerofree", async () => {
    const g = await mountNew("ext4");
    await g.write({ path: "/file", content: MARK });
    await g.sync();
    const before = readFileSync(work).includes(MARK);
    await g.rm({ path: "/file" });
    await g.umount_all();

    await g.zerofree({ device: "/dev/sdc" });
    await g.sync();

    expect(before).toBe(true);
    expect(readFileSync(work).includes(MARK)).toBe(false);
  });
});

/** Actions that hand a place of the guest to a program of the appliance or to the kernel: its argument, what else they take. */
const HANDED_ON: Readonly<Record<string, readonly [argument: string, others?: Readonly<Record<string, unknown>>]>> = {
  btrfs_filesystem_resize: ["mountpoint"],
  btrfs_filesystem_sync: ["fs"],
  btrfs_filesystem_balance: ["fs"],
  btrfs_filesystem_defragment: ["path"],
  btrfs_device_add: ["fs", { devices: ["/dev/sda"] }],
  btrfs_device_delete: ["fs", { devices: ["/dev/sda"] }],
  btrfs_replace: ["mntpoint", { srcdev: "/dev/sdc", targetdev: "/dev/sda" }],
  btrfs_balance_pause: ["path"],
  btrfs_balance_cancel: ["path"],
  btrfs_balance_resume: ["path"],
  btrfs_balance_status: ["path"],
  btrfs_scrub_start: ["path"],
  btrfs_scrub_full: ["path"],
  btrfs_scrub_cancel: ["path"],
  btrfs_scrub_resume: ["path"],
  btrfs_scrub_status: ["path"],
  btrfs_quota_enable: ["fs", { enable: true }],
  btrfs_quota_rescan: ["fs"],
  btrfs_qgroup_limit: ["subvolume", { size: 1n }],
  btrfs_qgroup_create: ["subvolume", { qgroupid: "1/1" }],
  btrfs_qgroup_destroy: ["subvolume", { qgroupid: "1/1" }],
  btrfs_qgroup_show: ["path"],
  btrfs_qgroup_assign: ["path", { src: "0/5", dst: "1/1" }],
  btrfs_qgroup_remove: ["path", { src: "0/5", dst: "1/1" }],
  btrfs_subvolume_delete: ["subvolume"],
  btrfs_subvolume_show: ["subvolume"],
  btrfs_subvolume_set_default: ["fs", { id: 5n }],
  extlinux: ["directory"],
  fstrim: ["mountpoint"],
  mksquashfs: ["path", { filename: "/dev/null" }],
  scrub_file: ["file"],
  xfs_growfs: ["path"],
  xfs_info: ["pathordevice"],
  xfs_info2: ["pathordevice"],
  xfs_repair: ["device"],
};

describe("a hostile guest", () => {
  it("has no place outside of it handed on", async () => {
    const g = await mountNew("btrfs");
    await g.ln_s({ target: "/proc/self/root/usr/lib/gild", linkname: "/out" });
    const table: Readonly<Record<string, unknown>> = { ...g };
    const answers: Record<string, string> = {};

    for (const [action, [argument, others]] of Object.entries(HANDED_ON)) {
      const method = table[action];
      if (typeof method !== "function") throw new Error(`no action ${action}`);
      const answer: unknown = Reflect.apply(method, g, [{ ...others, [argument]: "/out" }]);
      answers[action] = await Promise.resolve(answer).then(
        () => "success",
        (error: unknown) => (error instanceof GuestfsError ? error.errno : String(error)),
      );
    }

    expect(answers).toEqual(Object.fromEntries(Object.keys(HANDED_ON).map((action) => [action, "ENOENT"])));
  });

  it("does not have its device nodes scrubbed, nor what its links lead to", async () => {
    const g = await mountNew("ext4");
    await g.mknod_b({ mode: 0o600, devmajor: 8, devminor: 0, path: "/node" });
    await g.ln_s({ target: "/proc/self/root/etc/passwd", linkname: "/link" });

    await expect(g.scrub_file({ file: "/node" })).rejects.toMatchObject({ errno: "EINVAL" });
    await expect(g.scrub_file({ file: "/link" })).rejects.toMatchObject({ errno: "ENOENT" });
  });

  it("has boot loaders refused that its links would lead out", async () => {
    const g = await mountNew("ext4");
    await g.mkdir_p({ path: "/boot/grub/i386-pc" });
    await g.ln_s({ target: "/etc/passwd", linkname: "/boot/ldlinux.sys" });
    await g.ln_s({ target: "/etc/passwd", linkname: "/boot/grub/i386-pc/normal.mod" });

    await expect(g.extlinux({ directory: "/boot" })).rejects.toMatchObject({ errno: "ELOOP" });
    await expect(g.grub_install({ root: "/", device: "/dev/sdc" })).rejects.toMatchObject({ errno: "ELOOP" });
  });

  it("has the paths of btrfs resolved in it", async () => {
    const g = await mountNew("btrfs");
    await g.btrfs_subvolume_create({ dest: "/sub" });
    await g.ln_s({ target: "/tmp", linkname: "/out" });
    await g.ln_s({ target: "/sub", linkname: "/in" });

    for (const made of [
      g.btrfs_subvolume_snapshot({ source: "/sub", dest: "/out/snapshot" }),
      g.btrfs_subvolume_create({ dest: "/out/subvolume" }),
      g.scrub_freespace({ dir: "/out/space" }),
    ]) {
      await expect(made).rejects.toMatchObject({ errno: "ENOENT" });
    }
    const shown = await g.btrfs_subvolume_show({ subvolume: "/in" });

    expect(shown[0]).toEqual(["path", "sub"]);
  });
});
