/**
 * The appliance ring of the tests that actions carry as data: one launch, /dev/sda the disk that tests are given, /dev/sdb
 * the filesystem for those that start from one, /dev/sdc a disk for what needs space.
 */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe } from "vitest";

import { openGuestfs, type GuestfsApi, type Handle } from "../../engine/index.ts";
import { type ActionTest } from "../../schemas/index.ts";
import { defineActionTests, type World } from "../actions/run-action-tests.ts";

const DISK_BYTES = 256 * 1024 * 1024;
const LARGE_BYTES = 1024 * 1024 * 1024;
const LV_MBYTES = 64;

const folder = mkdtempSync(join(tmpdir(), "gild-actions-"));
const disk = join(folder, "disk.img");
const scratch = join(folder, "scratch.img");
const large = join(folder, "large.img");
let handle: Handle | undefined;
let scratchIsMade = false;
/** Whether the test before may have left partitions on the large disk, which others would list. */
let largeMayBeUsed = false;
/** Whether the test before may have left volumes, arrays or open LUKS devices: looking for them is slow. */
let stackedMayBeLeft = false;

beforeAll(async () => {
  for (const [path, size] of [
    [disk, DISK_BYTES],
    [scratch, DISK_BYTES],
    [large, LARGE_BYTES],
  ] as const) {
    writeFileSync(path, "");
    truncateSync(path, size);
  }
  handle = await openGuestfs({ env: process.env }, [
    { filename: disk, format: "raw" },
    { filename: scratch, format: "raw" },
    { filename: large, format: "raw" },
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
    if (largeMayBeUsed && init !== "large") await STATES.large(g);
    largeMayBeUsed = init === "large";
    await STATES[init](g);
    stackedMayBeLeft ||= init === "lvm" || calls.some(([action]) => /^(pv|vg|lv|luks|crypt|md)/.test(action));
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

  disk: (g) => blank(g, "/dev/sda", disk, DISK_BYTES),
  large: (g) => blank(g, "/dev/sdc", large, LARGE_BYTES),
  partition,

  async lvm(g) {
    await partition(g);
    await g.pvcreate({ device: "/dev/sda1" });
    await g.vgcreate({ volgroup: "VG", physvols: ["/dev/sda1"] });
    await g.lvcreate({ logvol: "LV", volgroup: "VG", mbytes: LV_MBYTES });
  },
};

async function partition(g: GuestfsApi): Promise<void> {
  await STATES.disk(g);
  await g.part_disk({ device: "/dev/sda", parttype: "mbr" });
}

/** Takes everything off a disk and fills it with zeros: from the host, which costs nothing. */
async function blank(g: GuestfsApi, device: string, image: string, size: number): Promise<void> {
  await g.umount_all();
  if (stackedMayBeLeft) {
    for (const mapped of await g.list_dm_devices()) await g.cryptsetup_close({ device: mapped });
    await g.lvm_remove_all();
    for (const md of await g.list_md_devices()) await g.md_stop({ md });
  }
  stackedMayBeLeft = false;
  await g.blockdev_setrw({ device });
  truncateSync(image, 0);
  truncateSync(image, size);
  await g.blockdev_flushbufs({ device });
  await g.blockdev_rereadpt({ device });
}

describe("actions in the appliance", () => {
  defineActionTests(world);
});
