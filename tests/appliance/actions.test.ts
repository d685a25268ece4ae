/**
 * The appliance ring of the tests that actions carry as data: one launch, /dev/sda the disk that tests are given, /dev/sdb
 * the filesystem for those that start from one.
 */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe } from "vitest";

import { openGuestfs, type GuestfsApi, type Handle } from "../../engine/index.ts";
import { type ActionTest } from "../../schemas/index.ts";
import { defineActionTests, type World } from "../actions/run-action-tests.ts";

const DISK_BYTES = 256 * 1024 * 1024;
const LV_MBYTES = 64;

const folder = mkdtempSync(join(tmpdir(), "gild-actions-"));
const disk = join(folder, "disk.img");
const scratch = join(folder, "scratch.img");
let handle: Handle | undefined;
let scratchIsMade = false;
/** Whether the test before may have left volumes or open LUKS devices: looking for them is slow. */
let mappedMayBeLeft = false;

beforeAll(async () => {
  for (const path of [disk, scratch]) {
    writeFileSync(path, "");
    truncateSync(path, DISK_BYTES);
  }
  handle = await openGuestfs({ env: process.env }, [
    { filename: disk, format: "raw" },
    { filename: scratch, format: "raw" },
  ]);
});

afterAll(async () => {
  await handle?.close();
  rmSync(folder, { recursive: true, force: true });
});

const world: World = {
  suits: () => true,

  async prepare({ init, calls }) {
    if (handle === undefined) throw new Error("the appliance was not launched");
    const { g } = handle;
    await STATES[init](g);
    mappedMayBeLeft ||= init === "lvm" || calls.some(([action]) => /^(pv|vg|lv|luks|crypt)/.test(action));
    return g;
  },
};

/** How each state is reached, from whatever the test before left. */
const STATES: Readonly<Record<ActionTest["init"], (g: GuestfsApi) => Promise<void>>> = {
  async none(g) {
    await g.umount_all();
  },

  async scratch(g) {
    await g.umount_all();
    if (!scratchIsMade) await g.mkfs({ fstype: "ext4", device: "/dev/sdb" });
    scratchIsMade = true;
    await g.mount({ mountable: "/dev/sdb", mountpoint: "/" });
    for (const name of await g.ls({ directory: "/" })) await g.rm_rf({ path: `/${name}` });
  },

  disk: blankDisk,
  partition,

  async lvm(g) {
    await partition(g);
    await g.pvcreate({ device: "/dev/sda1" });
    await g.vgcreate({ volgroup: "VG", physvols: ["/dev/sda1"] });
    await g.lvcreate({ logvol: "LV", volgroup: "VG", mbytes: LV_MBYTES });
  },
};

async function partition(g: GuestfsApi): Promise<void> {
  await blankDisk(g);
  await g.part_disk({ device: "/dev/sda", parttype: "mbr" });
}

/** Takes everything off the disk and fills it with zeros: from the host, which costs nothing. */
async function blankDisk(g: GuestfsApi): Promise<void> {
  await g.umount_all();
  if (mappedMayBeLeft) {
    for (const mapped of await g.list_dm_devices()) await g.cryptsetup_close({ device: mapped });
    await g.lvm_remove_all();
  }
  mappedMayBeLeft = false;
  await g.blockdev_setrw({ device: "/dev/sda" });
  truncateSync(disk, 0);
  truncateSync(disk, DISK_BYTES);
  await g.blockdev_flushbufs({ device: "/dev/sda" });
  await g.blockdev_rereadpt({ device: "/dev/sda" });
}

describe("actions in the appliance", () => {
  defineActionTests(world);
});
