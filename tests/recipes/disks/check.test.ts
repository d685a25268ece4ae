/** Mistakes in `disks:` that its schema lets through. */
import { describe, expect, it } from "vitest";

import { checkDisks } from "../../../recipes/disks/check.ts";
import type { Disks } from "../../../recipes/disks/schema.ts";
import { golden } from "./golden-layout.ts";

const ext4 = { filesystem: "ext4" } as const;

describe("checkDisks", () => {
  it("accepts a whole layout", () => {
    expect(checkDisks(golden)).toEqual([]);
  });

  const bad: readonly (readonly [string, Disks, string])[] = [
    ["two rests", [{ table: "gpt", partitions: [{ size: "rest" }, { size: "rest" }] }], "0.partitions.1.size"],
    [
      "five partitions in an MBR",
      [{ table: "mbr", partitions: Array.from({ length: 5 }, () => ({ size: "1M" })) }],
      "0.partitions.4",
    ],
    ["a name in an MBR", [{ table: "mbr", partitions: [{ size: "1M", name: "x" }] }], "0.partitions.0.name"],
    [
      "a GPT type in an MBR",
      [{ table: "mbr", partitions: [{ size: "1M", type: "bios-boot" }] }],
      "0.partitions.0.type",
    ],
    ["an MBR type in a GPT", [{ table: "gpt", partitions: [{ size: "1M", type: "0x83" }] }], "0.partitions.0.type"],
    ["a mount of nothing", [{ table: "gpt", partitions: [{ size: "1M", mount: "/" }] }], "0.partitions.0.mount"],
    ["a label of nothing", [{ table: "gpt", partitions: [{ size: "1M", label: "x" }] }], "0.partitions.0.label"],
    ["filesystem and swap", [{ table: "gpt", partitions: [{ size: "1M", swap: true, ...ext4 }] }], "0.partitions.0"],
    [
      "a long vfat label",
      [{ table: "gpt", partitions: [{ size: "1M", filesystem: "vfat", label: "123456789012" }] }],
      "0.partitions.0.label",
    ],
    [
      "a group without volumes",
      [{ table: "gpt", partitions: [{ size: "1M", lvm: { group: "v" } }] }],
      "0.partitions.0.lvm.group",
    ],
    ["a tag twice", [{ tag: "a", table: "gpt", partitions: [{ size: "1M", tag: "a" }] }], "0.partitions.0.tag"],
    [
      "a mount point twice",
      [
        {
          table: "gpt",
          partitions: [
            { size: "9M", mount: "/", ...ext4 },
            { size: "9M", mount: "/", ...ext4 },
          ],
        },
      ],
      "0.partitions.1.mount",
    ],
    ["more than all", [{ table: "gpt", partitions: [{ size: "101%" }] }], "0.partitions.0.size"],
    ["min over max", [{ table: "gpt", partitions: [{ size: "rest", min: "2M", max: "1M" }] }], "0.partitions.0.min"],
    [
      "too small for itself",
      [{ size: "1G", table: "gpt", partitions: [{ size: "1M" }, { size: "1G" }] }],
      "0.partitions.1.size",
    ],
  ];
  it.each(bad)("refuses %s", (_, disks, at) => {
    expect(checkDisks(disks).map((problem) => problem.at.join("."))).toContain(at);
  });
});
