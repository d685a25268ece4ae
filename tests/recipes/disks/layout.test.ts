/** Layout arithmetic: exact places for a known layout, and for any layout no overlap, alignment, nothing off the disk. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { DiskError } from "../../../recipes/disks/disk-error.ts";
import { EXTENT, MIB, deviceTags, diskName, layOut, mountsOf } from "../../../recipes/disks/layout.ts";
import type { Disks } from "../../../recipes/disks/schema.ts";
import { divide, parseSize, showBytes, type Share } from "../../../recipes/disks/size.ts";
import { golden } from "./golden-layout.ts";

const GIB = 1024 ** 3;

describe("layOut", () => {
  it("places partitions and volumes exactly", () => {
    const { disks, groups } = layOut(golden, [{ device: "/dev/sda", size: 8 * GIB }]);

    expect(disks[0]?.partitions.map(({ device, start, size }) => [device, start / MIB, size / MIB])).toEqual([
      ["/dev/sda1", 1, 1],
      ["/dev/sda2", 2, 512],
      ["/dev/sda3", 514, 8192 - 514 - 1],
    ]);
    expect(disks[0]?.partitions.map(({ type }) => type.slice(0, 8))).toEqual(["21686148", "0FC63DAF", "E6D6D379"]);
    // 7677 MiB, 1 of them LVM's own: 1919 extents of 4 MiB.
    expect(groups[0]?.volumes.map(({ device, size, rest }) => [device, size / EXTENT, rest])).toEqual([
      ["/dev/vg0/root", 1536, false],
      ["/dev/vg0/swap", 1919 - 1536, true],
    ]);
  });

  it("mounts parents before children", () => {
    const layout = layOut(golden, [{ device: "/dev/sda", size: 8 * GIB }]);

    expect(mountsOf(layout).map(({ mount, device }) => `${mount} ${device}`)).toEqual([
      "/ /dev/vg0/root",
      "/boot /dev/sda2",
    ]);
  });

  it("knows the device of each tag", () => {
    expect(deviceTags(golden)).toEqual({
      bios: "/dev/sda1",
      boot: "/dev/sda2",
      pv: "/dev/sda3",
      root: "/dev/vg0/root",
      swap: "/dev/vg0/swap",
    });
  });

  it.each([
    [[{ table: "gpt", partitions: [{ size: "2G" }] }], GIB, [0, "partitions", 0, "size"]],
    [[{ size: "2G", table: "gpt", partitions: [] }], GIB, [0, "size"]],
    [[{ table: "gpt", partitions: [{ size: "1022M" }, { size: "rest" }] }], GIB, [0, "partitions", 1, "size"]],
    [[{ table: "gpt", partitions: [{ size: "rest", min: "2G" }] }], GIB, [0, "partitions", 0, "size"]],
    [
      [{ table: "gpt", partitions: [{ size: "100M", lvm: { group: "v", volumes: [{ name: "a", size: "100M" }] } }] }],
      GIB,
      [0, "partitions", 0, "lvm", "volumes", 0, "size"],
    ],
    [
      [
        { table: "gpt", partitions: [] },
        { table: "gpt", partitions: [] },
      ],
      GIB,
      [1],
    ],
  ] as const)("names the part that does not fit: %#", (disks, size, at) => {
    expect(failure(() => layOut(disks, [{ device: "/dev/sda", size }]))).toMatchObject({ name: "DiskError", at });
  });

  it("never overlaps, never leaves the disk, always aligns", () => {
    const size = fc.oneof(
      fc.integer({ min: 1, max: 4000 }).map((n) => `${n}M`),
      fc.integer({ min: 1, max: 60 }).map((n) => `${n}%`),
      fc.integer({ min: 1, max: 2 ** 31 }),
    );
    const partitions = fc
      .tuple(fc.array(size, { maxLength: 4 }), fc.boolean())
      .map(([sizes, rest]) => [...sizes, ...(rest ? ["rest"] : [])].map((one) => ({ size: one })));
    const tables = fc.constantFrom("gpt" as const, "mbr" as const);

    fc.assert(
      fc.property(tables, partitions, fc.integer({ min: 1, max: 20_000_000 }), (table, specs, sectors) => {
        const bytes = sectors * 512;
        const wanted: Disks = [{ table, partitions: specs }];
        if (failure(() => layOut(wanted, [{ device: "/dev/sda", size: bytes }])) instanceof DiskError) return;
        const laid = layOut(wanted, [{ device: "/dev/sda", size: bytes }]).disks[0]?.partitions ?? [];
        let end = MIB;
        for (const partition of laid) {
          expect(partition.start % MIB).toBe(0);
          expect(partition.size % MIB).toBe(0);
          expect(partition.size).toBeGreaterThan(0);
          expect(partition.start).toBe(end);
          end = partition.start + partition.size;
        }
        expect(end).toBeLessThanOrEqual(Math.max(MIB, bytes - (table === "gpt" ? 33 * 512 : 0)));
        expect(laid).toHaveLength(specs.length);
      }),
      { numRuns: 500 },
    );
  });
});

describe("divide", () => {
  const share = (size: string | number, min?: number, max?: number): Share => ({ size: parseSize(size), min, max });

  it.each([
    [
      [share("1M"), share("rest")],
      [1, 99],
    ],
    [
      [share("rest"), share("25%")],
      [75, 25],
    ],
    [[share("10%", 20 * MIB)], [20]],
    [[share("90%", undefined, 20 * MIB)], [20]],
    [
      [share("rest", undefined, 5 * MIB), share(1)],
      [5, 1],
    ],
    [[share("1.5M")], [2]],
  ])("gives whole units: %#", (shares, wanted) => {
    expect(divide(shares, 100 * MIB, MIB)).toEqual(wanted.map((n) => n * MIB));
  });

  it.each([
    [[share("101M")], 0],
    [[share("60M"), share("41M")], 1],
    [[share("100M"), share("rest")], 1],
    [[share("rest", 50 * MIB), share("60M")], 0],
    [[share("0.1%")], 0],
  ])("says which share is short: %#", (shares, index) => {
    expect(divide(shares, 100 * MIB, MIB)).toMatchObject({ index });
  });
});

it("shows sizes for people", () => {
  expect([1, 512 * MIB, 7.5 * GIB, 8 * GIB - 512].map(showBytes)).toEqual(["1 bytes", "512 MiB", "7.5 GiB", "8 GiB"]);
});

it("names disks as the kernel does", () => {
  expect([0, 25, 26, 701, 702].map(diskName)).toEqual(["/dev/sda", "/dev/sdz", "/dev/sdaa", "/dev/sdzz", "/dev/sdaaa"]);
});

/** What a function throws; undefined when it does not. */
function failure(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}
