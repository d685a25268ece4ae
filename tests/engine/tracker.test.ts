import { expect, test, vi } from "vitest";

import { GuestfsError } from "../../engine/index.ts";
import { Tracker, type Calls } from "../../engine/tracker.ts";
import type { Gild, GildVolume, Guestfs, PlannedAction, RecipeStep, RunRecipe } from "../../schemas/index.ts";

const source = { file: "r.yaml", line: 1, column: 1 };
const step: RecipeStep = { number: 1, name: "s", summary: "", source, lower: async () => [], lowerOffline: () => [] };
const layout: RecipeStep = { ...step, number: 0, name: "disks" };
const recipe: RunRecipe = { file: "r.yaml", folder: "/", steps: [step] };
const withLayout: RunRecipe = { ...recipe, layout: { diskSizes: [], make: layout } };
const mkdir: PlannedAction = { action: "mkdir", args: { path: "/a" } };
const root: GildVolume = { device: "/dev/sda1", mountpoint: "/", prefix: "/", type: "ext4" };

interface Fake {
  readonly calls: Calls;
  readonly made: string[];
  volumes: GildVolume[];
}

function fake(watchError?: GuestfsError): Fake {
  const made: string[] = [];
  const fakeCalls: Fake = { made, volumes: [root], calls: { g: blankDisk, gild: undefined } };
  const gild: Partial<Gild> = {
    gild_volumes: async () => fakeCalls.volumes,
    gild_watch: async () => {
      made.push("gild_watch");
      if (watchError !== undefined) throw watchError;
    },
  };
  // Only what is listed is called.
  return Object.assign(fakeCalls, { calls: { g: blankDisk, gild: gild as Gild } });
}

const nothing = async (): Promise<never[]> => [];
const blankDisk = {
  list_devices: nothing,
  list_md_devices: nothing,
  list_dm_devices: nothing,
  pvs_full: nothing,
  vgs_full: nothing,
  lvs: nothing,
  mountpoints: nothing,
} as unknown as Guestfs;

test("nothing is watched until a step writes, and then once", async () => {
  const { calls, made } = fake();
  const onFirstWrite = vi.fn<() => void>();
  const tracker = new Tracker(calls, { recipe, hasBase: true, onFirstWrite });
  tracker.begin([{ mountpoint: "/", mountable: "/dev/sda1" }]);

  await tracker.hooks.afterConfig?.(step, { action: "umask", args: { mask: 0 } });
  expect(made).toEqual([]);
  await tracker.hooks.beforeWrite?.(step, mkdir);
  await tracker.hooks.beforeWrite?.(step, mkdir);

  expect(made).toEqual(["gild_watch"]);
  expect(onFirstWrite).toHaveBeenCalledTimes(1);
  expect(tracker.volumes.devices).toEqual(["/dev/sda1"]);
  expect(tracker.blocksReached).toBe(false);
});

test("a kernel that cannot watch is a doubt, no failure", async () => {
  const { calls } = fake(new GuestfsError("gild_watch", "ENOSYS", "Function not implemented"));
  const tracker = new Tracker(calls, { recipe, hasBase: true });

  await tracker.hooks.beforeWrite?.(step, mkdir);

  expect(tracker.doubt).toContain("Function not implemented");
});

test("a new disk had nothing before: it is not watched, and its blocks are read at once", async () => {
  const { calls, made } = fake();
  const tracker = new Tracker(calls, { recipe: withLayout, hasBase: false });

  await tracker.hooks.beforeWrite?.(layout, { action: "part_init", args: { device: "/dev/sda", parttype: "gpt" } });
  await tracker.hooks.beforeWrite?.(step, mkdir);

  expect(tracker).toMatchObject({ blank: true, blocksReached: true });
  expect(tracker.blocks).toEqual(new Map());
  expect(made).toEqual([]);
});

test("a layout that is there already only makes mount points, which count", async () => {
  const { calls, made } = fake();
  const tracker = new Tracker(calls, { recipe: withLayout, hasBase: true });

  await tracker.hooks.beforeWrite?.(layout, { action: "mkdir_p", args: { path: "/srv" } });

  expect(tracker.blank).toBe(false);
  expect(made).toEqual(["gild_watch"]);
});

test("what is mounted later is known too, and what was opened for it", async () => {
  const state = fake();
  const tracker = new Tracker(state.calls, { recipe, hasBase: true });
  tracker.begin([{ mountpoint: "/", mountable: "/dev/sda1" }]);
  const open: PlannedAction = { action: "luks_open", args: { device: "/dev/sda2", key: "k", mapname: "crypt" } };

  await tracker.hooks.beforeWrite?.(step, mkdir);
  await tracker.hooks.afterConfig?.(step, open);
  state.volumes = [root, { ...root, device: "/dev/mapper/crypt", mountpoint: "/data" }];
  await tracker.hooks.afterConfig?.(step, {
    action: "mount",
    args: { mountable: "/dev/mapper/crypt", mountpoint: "/data/" },
  });
  await tracker.hooks.afterConfig?.(step, { action: "luks_close", args: { device: "/dev/mapper/crypt" } });

  expect(tracker.opening).toEqual([open]);
  expect(tracker.volumes.devices).toEqual(["/dev/sda1", "/dev/mapper/crypt"]);
  expect(tracker.mounts).toEqual([
    { mountpoint: "/", mountable: "/dev/sda1" },
    { mountpoint: "/data", mountable: "/dev/mapper/crypt" },
  ]);
});
