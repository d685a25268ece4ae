import { expect, test, vi } from "vitest";

import { BeforeState } from "../../engine/before-state.ts";
import type { RecipeStep, RunRecipe } from "../../schemas/index.ts";
import { fakeGuest } from "./fake-guest.ts";

const source = { file: "r.yaml", line: 1, column: 1 };
const step: RecipeStep = { number: 1, name: "s", summary: "", source, lower: async () => [], lowerOffline: () => [] };
const layout: RecipeStep = { ...step, number: 0, name: "disks" };
const recipe: RunRecipe = { file: "r.yaml", folder: "/", steps: [step] };
const files = { "/etc": { mode: 0o040755 }, "/etc/motd": { content: "x" }, "/boot": { mode: 0o040755 } };

test("nothing is walked until a step writes, and then once", async () => {
  const told = vi.fn<() => void>();
  const calls: string[] = [];
  const before = new BeforeState(fakeGuest(files, { calls }), recipe, told);
  await before.begin();

  expect(before.snapshot).toBeUndefined();
  await before.hooks.beforeWrite?.(step, { action: "mkdir", args: { path: "/a" } });
  await before.hooks.beforeWrite?.(step, { action: "mkdir", args: { path: "/b" } });

  expect([...(before.snapshot?.tree.keys() ?? [])]).toEqual(Object.keys(files));
  expect(told).toHaveBeenCalledTimes(1);
  expect(calls.filter((call) => call === "find0")).toHaveLength(1);
});

test("a layout that makes everything had no files before", async () => {
  const g = Object.assign(fakeGuest(files), {
    list_devices: async () => [],
    list_md_devices: async () => [],
    list_dm_devices: async () => [],
    pvs_full: async () => [],
    vgs_full: async () => [],
  });
  const before = new BeforeState(
    Object.assign(g, { lvs: async () => [], statvfs: async () => ({ blocks: 1n, frsize: 1n }) }),
    { ...recipe, layout: { diskSizes: [], make: layout } },
    () => undefined,
  );

  await before.hooks.beforeWrite?.(layout, { action: "part_init", args: { device: "/dev/sda", parttype: "gpt" } });
  await before.hooks.beforeWrite?.(step, { action: "mkdir", args: { path: "/a" } });

  expect(before.blank).toBe(true);
  expect(before.snapshot?.tree.size).toBe(0);
});

test("a mount point that the layout makes on a finished disk counts as added", async () => {
  const before = new BeforeState(
    fakeGuest({ ...files }),
    { ...recipe, layout: { diskSizes: [], make: layout } },
    () => undefined,
  );
  await before.begin();

  await before.hooks.beforeWrite?.(layout, { action: "mkdir_p", args: { path: "/srv" } });
  await before.hooks.beforeWrite?.(layout, { action: "mkdir_p", args: { path: "/boot" } });
  await before.hooks.beforeWrite?.(step, { action: "mkdir", args: { path: "/a" } });

  expect([...(before.snapshot?.tree.keys() ?? [])]).toEqual(["/etc", "/etc/motd", "/boot"]);
});
