import { expect, test } from "vitest";

import { compareBlocks, readBlocks, type BlockFields } from "../../../engine/diff/block.ts";
import { fakeGuest } from "../fake-guest.ts";

const state = (entries: Record<string, BlockFields>): ReadonlyMap<string, BlockFields> =>
  new Map(Object.entries(entries));

test("equal states differ in nothing", () => {
  const blocks = state({ "disk /dev/sda": { size: "1", table: "gpt" } });

  expect(compareBlocks(blocks, blocks)).toEqual([]);
});

test("added things come with all fields, in order of kind", () => {
  const before = state({ "disk /dev/sda": { size: "8", table: "" } });
  const after = state({
    "filesystem /dev/sda1": { type: "ext4", label: "root" },
    "partition /dev/sda1": { start: "1", size: "2" },
    "disk /dev/sda": { size: "8", table: "gpt" },
  });

  expect(compareBlocks(before, after)).toEqual([
    { kind: "disk", name: "/dev/sda", change: "changed", fields: [{ name: "table", before: "", after: "gpt" }] },
    {
      kind: "partition",
      name: "/dev/sda1",
      change: "added",
      fields: [
        { name: "start", after: "1" },
        { name: "size", after: "2" },
      ],
    },
    {
      kind: "filesystem",
      name: "/dev/sda1",
      change: "added",
      fields: [
        { name: "type", after: "ext4" },
        { name: "label", after: "root" },
      ],
    },
  ]);
});

test("a filesystem's size counts only where both sides know it", () => {
  const small = state({ "filesystem /dev/a": { type: "ext4", size: "1" } });
  const unmounted = state({ "filesystem /dev/a": { type: "ext4" } });
  const large = state({ "filesystem /dev/a": { type: "ext4", size: "2" } });

  expect(compareBlocks(small, unmounted)).toEqual([]);
  expect(compareBlocks(small, large)).toHaveLength(1);
});

test("filesystems on md arrays and on opened LUKS devices are seen", async () => {
  const g = Object.assign(fakeGuest({}), {
    list_devices: async () => [],
    list_md_devices: async () => ["/dev/md127"],
    md_detail: async () => [
      ["level", "raid1"],
      ["uuid", "1:2"],
      ["device_dev_sdb_role", "1"],
      ["device_dev_sdb_dev", "/dev/sdb"],
      ["device_dev_sda_dev", "/dev/sda"],
    ],
    list_dm_devices: async () => ["/dev/mapper/crypt"],
    blockdev_getsize64: async () => 4096n,
    part_get_parttype: async () => "",
    blkid: async ({ device }: { readonly device: string }) => [["TYPE", device === "/dev/md127" ? "ext4" : "xfs"]],
    mountpoints: async () => [],
    pvs_full: async () => [],
    vgs_full: async () => [],
    lvs: async () => [],
  });

  expect([...(await readBlocks(g))]).toEqual([
    ["disk /dev/md127", { size: "4096", table: "", level: "raid1", uuid: "1:2", members: "/dev/sda /dev/sdb" }],
    ["filesystem /dev/md127", { type: "ext4" }],
    ["filesystem /dev/mapper/crypt", { type: "xfs" }],
  ]);
});
