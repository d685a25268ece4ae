/**
 * The appliance ring of the tests that actions carry as data: one launch, /dev/sda the disk that tests are given, /dev/sdb
 * the filesystem for those that start from one, /dev/sdc a disk for what needs space.
 */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe } from "vitest";

import { openGuestfs, type GuestfsApi, type Handle } from "../../engine/index.ts";
import { type ActionTest } from "../../schemas/index.ts";
import { defineActionTests, makeCall, type World } from "../actions/run-action-tests.ts";
import { mustRun } from "./support/program.ts";

const DISK_BYTES = 256 * 1024 * 1024;
const LARGE_BYTES = 1024 * 1024 * 1024;

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
/** What calls made of a blank disk, by those calls: a file each. */
const kept = new Map<string, string>();

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

type Call = ActionTest["calls"][number];

const PARTITION: readonly Call[] = [["part_disk", { device: "/dev/sda", parttype: "mbr" }]];
const LVM: readonly Call[] = [
  ...PARTITION,
  ["pvcreate", { device: "/dev/sda1" }],
  ["vgcreate", { volgroup: "VG", physvols: ["/dev/sda1"] }],
  ["lvcreate", { logvol: "LV", volgroup: "VG", mbytes: 64 }],
];

const world: World = {
  suits: () => true,

  async prepare({ init, calls }) {
    if (handle === undefined) throw new Error("the appliance was not launched");
    const { g } = handle;
    if (largeMayBeUsed && init !== "large") await STATES.large(g, calls);
    largeMayBeUsed = init === "large";
    const made = await STATES[init](g, calls);
    stackedMayBeLeft ||= init === "lvm" || calls.some(([action]) => /^(pv|vg|lv|luks|crypt|md)/.test(action));
    return { api: g, made };
  },
};

/** How each state is reached, from whatever the test before left; gives how many of the test's own calls are made with it. */
const STATES: Readonly<Record<ActionTest["init"], (g: GuestfsApi, calls: readonly Call[]) => Promise<number>>> = {
  async none(g) {
    await g.umount_all();
    return 0;
  },

  async scratch(g) {
    await g.umount_all();
    if (!scratchIsMade) await g.mkfs({ fstype: "ext4", device: "/dev/sdb" });
    scratchIsMade = true;
    await g.mount({ mountable: "/dev/sdb", mountpoint: "/" });
    for (const name of await g.ls({ directory: "/" })) await g.rm_rf({ path: `/${name}` });
    return 0;
  },

  async large(g) {
    await fill(g, "/dev/sdc", () => blank(large, LARGE_BYTES));
    return 0;
  },

  disk: (g, calls) => withMade(g, [], calls),
  partition: (g, calls) => withMade(g, PARTITION, calls),

  async lvm(g) {
    await withMade(g, LVM, []);
    await g.vg_activate_all({ activate: true });
    return 0;
  },
};

/**
 * Makes the first disk what `state` and the first of a test's calls make of a blank one. Many tests begin alike, and what
 * begins them is slow (a LUKS key takes ten seconds): the first of them makes the calls, the others get the bytes.
 *
 * @returns how many of `calls` those are; never the last, which is what is tested
 */
async function withMade(g: GuestfsApi, state: readonly Call[], calls: readonly Call[]): Promise<number> {
  const others = calls.slice(0, -1).findIndex((call) => !onlyWritesTheFirstDisk(call));
  const begin = calls.slice(0, others === -1 ? -1 : others);
  const wanted = [...state, ...begin];
  const keyOf = (count: number): string => JSON.stringify(wanted.slice(0, count));
  let done = wanted.length;
  while (done > 0 && !kept.has(keyOf(done))) done -= 1;
  const image = kept.get(keyOf(done));
  await fill(g, "/dev/sda", () => (image === undefined ? blank(disk, DISK_BYTES) : mustRun("cp", [image, disk])));
  if (done === wanted.length) return begin.length;

  for (const [action, args] of wanted.slice(done)) await makeCall(g, action, args);
  await g.sync();
  const copy = join(folder, `kept-${kept.size}.img`);
  await mustRun("cp", [disk, copy]);
  kept.set(keyOf(wanted.length), copy);
  return begin.length;
}

/** Whether nothing but the disk's bytes tells of a call. Of btrfs the kernel remembers by which disks a filesystem is. */
function onlyWritesTheFirstDisk([action, args]: Call): boolean {
  const isMaker = /^(part_disk|part_init|part_add|mkfs|mke2fs|mkswap|luks_format|luks_add_key)$/.test(action);
  return isMaker && !/btrfs|\/dev\/(?!sda)/.test(JSON.stringify(args));
}

/** Takes everything off a disk and gives it other bytes: from the host, which costs nothing. */
async function fill(g: GuestfsApi, device: string, write: () => Promise<unknown>): Promise<void> {
  await g.umount_all();
  if (stackedMayBeLeft) {
    for (const mapped of await g.list_dm_devices()) await g.cryptsetup_close({ device: mapped });
    await g.vg_activate_all({ activate: false });
    for (const md of await g.list_md_devices()) await g.md_stop({ md });
  }
  stackedMayBeLeft = false;
  await g.blockdev_setrw({ device });
  await write();
  await g.blockdev_flushbufs({ device });
  await g.blockdev_rereadpt({ device });
}

async function blank(image: string, size: number): Promise<void> {
  await truncate(image, 0);
  await truncate(image, size);
}

describe("actions in the appliance", () => {
  defineActionTests(world);
});
