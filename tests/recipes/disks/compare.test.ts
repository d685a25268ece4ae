/** What is on the disks against a layout: blank, the same, different with every difference named; and what it lowers to. */
import { describe, expect, it } from "vitest";

import { compareLayout } from "../../../recipes/disks/compare.ts";
import { contentsOf, layOut, type Layout } from "../../../recipes/disks/layout.ts";
import { clearActions, makeActions, mountActions } from "../../../recipes/disks/lower.ts";
import type { DisksState } from "../../../recipes/disks/observe.ts";
import { golden } from "./golden-layout.ts";

const SIZE = 8 * 1024 ** 3;
const layout = layOut(golden, [{ device: "/dev/sda", size: SIZE }]);

/** Disks as they are once the layout was made. */
function made(of: Layout): DisksState {
  return {
    disks: of.disks.map(({ device, partitions }) => ({
      device,
      size: SIZE,
      table: "gpt",
      content: "",
      partitions: partitions.map(({ number, start, size, type }) => ({
        number,
        start,
        size,
        type,
        name: "",
        bootable: false,
      })),
    })),
    contents: new Map(
      contentsOf(of).map(({ device, spec }) => [device, { type: spec.filesystem ?? "swap", label: spec.label ?? "" }]),
    ),
    physicalVolumes: ["/dev/sda3"],
    groups: new Map([["vg0", ["/dev/sda3"]]]),
    volumes: new Map(of.groups.flatMap((group) => group.volumes.map(({ device, size }) => [device, size]))),
    mounted: new Map(),
  };
}

const state = made(layout);
const [disk] = state.disks;
const blank: DisksState = {
  disks: [{ device: "/dev/sda", size: SIZE, table: undefined, content: "", partitions: [] }],
  contents: new Map(),
  physicalVolumes: [],
  groups: new Map(),
  volumes: new Map(),
  mounted: new Map(),
};

function changed(change: Partial<NonNullable<typeof disk>>): DisksState {
  return { ...state, disks: [{ ...blank.disks[0], ...disk, ...change }] as DisksState["disks"] };
}

describe("compareLayout", () => {
  it("sees a blank disk, also one with an empty table", () => {
    expect(compareLayout(layout, blank)).toEqual({ kind: "blank" });
    expect(
      compareLayout(layout, { ...blank, disks: [{ ...blank.disks[0], table: "msdos" }] as DisksState["disks"] }),
    ).toEqual({
      kind: "blank",
    });
  });

  it("sees its own layout", () => {
    expect(compareLayout(layout, state)).toEqual({ kind: "same" });
  });

  it.each([
    [
      "a filesystem on the whole disk",
      { ...blank, disks: [{ ...blank.disks[0], content: "ext4" }] as DisksState["disks"] },
      /ext4 on the disk, a GPT/,
    ],
    ["another table", changed({ table: "msdos" }), /an MBR on the disk, a GPT/],
    [
      "a missing partition",
      changed({ partitions: disk?.partitions.slice(0, 2) ?? [] }),
      /sda3: no partition on the disk/,
    ],
    [
      "another size",
      changed({
        partitions: disk?.partitions.map((one) => (one.number === 2 ? { ...one, size: 1024 ** 3 } : one)) ?? [],
      }),
      /sda2: 1 GiB on the disk, 512 MiB in the recipe/,
    ],
    [
      "another type",
      changed({ partitions: disk?.partitions.map((one) => (one.number === 1 ? { ...one, type: "X" } : one)) ?? [] }),
      /sda1: type X on the disk, type 21686148.* \(bios-boot\)/,
    ],
    [
      "one partition more",
      changed({
        partitions: [
          ...(disk?.partitions ?? []),
          { number: 4, start: 0, size: 512, type: "", name: "", bootable: false },
        ],
      }),
      /sda4: a partition of 512 bytes on the disk, none/,
    ],
    [
      "a group on another disk too",
      { ...state, groups: new Map([["vg0", ["/dev/sda3", "/dev/sdb"]]]) },
      /vg0: on \/dev\/sda3, \/dev\/sdb on the disk, on \/dev\/sda3 in/,
    ],
    ["no group", { ...state, groups: new Map() }, /vg0: no such volume group/],
    [
      "another volume",
      { ...state, volumes: new Map([...state.volumes, ["/dev/vg0/data", 1]]) },
      /\/dev\/vg0\/data: a volume on the disk, none/,
    ],
    [
      "another filesystem",
      { ...state, contents: new Map([...state.contents, ["/dev/sda2", { type: "xfs", label: "boot" }]]) },
      /sda2: xfs on the disk, ext4/,
    ],
    [
      "another label",
      { ...state, contents: new Map([...state.contents, ["/dev/sda2", { type: "ext4", label: "b" }]]) },
      /label "b" on the disk, label "boot"/,
    ],
  ])("names %s", (_, there, text) => {
    const compared = compareLayout(layout, there);

    expect(compared.kind).toBe("different");
    expect(compared.kind === "different" && compared.differences.map((one) => one.text).join("; ")).toMatch(text);
  });
});

describe("lowering", () => {
  it("takes apart what is on the disks, and no other", () => {
    const foreign = new Map([...state.groups, ["vg1", ["/dev/sdb1"]]]);
    const also = { ...state, groups: foreign, physicalVolumes: ["/dev/sda3", "/dev/sdb1"] };

    const planned = clearActions(layout, also).map(({ action, args }) =>
      `${action} ${Object.values(args).join()}`.trim(),
    );

    expect(planned).toEqual(["umount_all", "vgremove vg0", "pvremove /dev/sda3"]);
    expect(() => clearActions(layout, { ...state, groups: new Map([["vg0", ["/dev/sda3", "/dev/sdb1"]]]) })).toThrow(
      /also on \/dev\/sdb1/,
    );
  });

  it("makes the layout in order", () => {
    const actions = makeActions(layout).map(
      ({ action, args }) => `${action} ${String(args["device"] ?? args["volgroup"])}`,
    );

    expect(actions).toEqual([
      "part_init /dev/sda",
      "part_add /dev/sda",
      "part_set_gpt_type /dev/sda",
      "part_add /dev/sda",
      "part_set_gpt_type /dev/sda",
      "part_add /dev/sda",
      "part_set_gpt_type /dev/sda",
      "pvcreate /dev/sda3",
      "vgcreate vg0",
      "lvcreate vg0",
      "lvcreate_free vg0",
      "mkfs /dev/sda2",
      "mkfs /dev/vg0/root",
      "mkswap /dev/vg0/swap",
    ]);
    expect(makeActions(layout)[1]?.args).toMatchObject({ startsect: 2048n, endsect: 4095n });
  });

  it("mounts what is not mounted, and nothing twice", () => {
    const all = mountActions(layout, new Map()).map(
      ({ action, args }) => `${action} ${String(args["mountpoint"] ?? args["path"])}`,
    );
    const right = new Map([
      ["/", "/dev/vg0/root"],
      ["/boot", "/dev/sda2"],
    ]);

    expect(all).toEqual(["mount /", "mkdir_p /boot", "mount /boot"]);
    expect(mountActions(layout, right)).toEqual([]);
    expect(mountActions(layout, new Map([["/", "/dev/sda9"]])).map(({ action }) => action)).toEqual([
      "umount_all",
      "mount",
      "mkdir_p",
      "mount",
    ]);
  });
});
