/** fstab text: root first, swap last, other entries kept, nothing to do the second time. */
import { describe, expect, it } from "vitest";

import { fstabText } from "../../../recipes/disks/fstab.ts";

const mounts = [
  { uuid: "s", spec: { swap: true } },
  { uuid: "b", spec: { filesystem: "ext4", mount: "/boot" } },
  { uuid: "r", spec: { filesystem: "ext4", mount: "/" } },
  { uuid: "E-F", spec: { filesystem: "vfat", mount: "/boot/efi" } },
  { uuid: "x", spec: { filesystem: "xfs", mount: "/srv", options: "noatime" } },
] as const;

const ENTRIES = [
  "UUID=r / ext4 errors=remount-ro 0 1",
  "UUID=b /boot ext4 defaults 0 2",
  "UUID=E-F /boot/efi vfat umask=0077 0 2",
  "UUID=x /srv xfs noatime 0 0",
  "UUID=s none swap sw 0 0",
];

describe("fstabText", () => {
  it.each([undefined, "", "# UNCONFIGURED FSTAB FOR BASE SYSTEM\n"])(
    "writes a whole file where there is none: %j",
    (before) => {
      const lines = fstabText(before, mounts).trimEnd().split("\n");

      expect(lines.filter((line) => !line.startsWith("#"))).toEqual(ENTRIES);
      expect(lines[0]).toMatch(/^# \/etc\/fstab/);
    },
  );

  it("is content with its own result", () => {
    const once = fstabText(undefined, mounts);

    expect(fstabText(once, mounts)).toBe(once);
  });

  it("is content with the same entries, otherwise spaced", () => {
    const before = `proc /proc proc defaults 0 0\n${ENTRIES.map((line) => line.replaceAll(" ", "\t")).join("\n")}`;

    expect(fstabText(before, mounts)).toBe(before);
  });

  it("replaces a wrong entry where it stands and keeps the others", () => {
    const before = "# mine\n/dev/sda1 / ext3 defaults 0 1\ntmpfs /tmp tmpfs size=1G 0 0\nUUID=old none swap sw 0 0\n";

    expect(fstabText(before, mounts.slice(0, 3)).split("\n")).toEqual([
      "# mine",
      ENTRIES[0],
      "tmpfs /tmp tmpfs size=1G 0 0",
      "UUID=old none swap sw 0 0",
      ENTRIES[1],
      ENTRIES[4],
      "",
    ]);
  });
});
