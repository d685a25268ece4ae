/** What the storage handlers read from programs and tables, and what they tell programs. No device is touched. */
import { describe, expect, it } from "vitest";

import { mke2fsOptions } from "../../guestfsd/actions/mke2fs.ts";
import { parseTune2fs } from "../../guestfsd/actions/ext2.ts";
import { filterConfiguration } from "../../guestfsd/actions/lvm-filter.ts";
import { structOf } from "../../guestfsd/actions/lvm-full.ts";
import { logicalVolumeName } from "../../guestfsd/block-sysfs.ts";
import { parseMountinfo } from "../../guestfsd/mounted-devices.ts";
import { parseMountOptions } from "../../guestfsd/mount-options.ts";

describe("tune2fs -l", () => {
  it("gives names and values without the banner, unset ones empty", () => {
    const text = [
      "tune2fs 1.47.0 (5-Feb-2023)",
      "Filesystem volume name:   <none>",
      "Last mounted on:          <not available>",
      "Filesystem revision #:    1 (dynamic)",
      "Filesystem created:       Sat Nov 21 06:57:31 2026",
      "",
    ].join("\n");

    expect(parseTune2fs(text)).toEqual([
      ["Filesystem volume name", ""],
      ["Last mounted on", ""],
      ["Filesystem revision #", "1 (dynamic)"],
      ["Filesystem created", "Sat Nov 21 06:57:31 2026"],
    ]);
  });
});

describe("mke2fs", () => {
  it("leaves out what was not given", () => {
    expect(mke2fsOptions({})).toEqual([]);
  });

  it("joins the options that take lists", () => {
    const options = mke2fsOptions({
      blocksize: 4096n,
      label: "root",
      journalsize: 4n,
      stridesize: 8n,
      lazyitableinit: false,
      discard: false,
      extent: true,
      hasjournal: false,
    });

    expect(options).toEqual([
      "-b",
      "4096",
      "-L",
      "root",
      "-J",
      "size=4",
      "-E",
      "stride=8,lazy_itable_init=0,nodiscard",
      "-O",
      "extent,^has_journal",
    ]);
  });
});

describe("LVM reports", () => {
  it("makes numbers, percentages and UUIDs of a row", () => {
    const volume = structOf("lvm_lv", {
      lv_name: "LV",
      lv_uuid: "QrYT1V-sPMd-rPjP-uV21-Kyf8-vWlZ-aMJyie",
      lv_major: "-1",
      lv_kernel_minor: "0",
      lv_size: "209715200",
      snap_percent: "",
      copy_percent: "12.50",
    });

    expect(volume).toMatchObject({
      lv_name: "LV",
      lv_uuid: "QrYT1VsPMdrPjPuV21Kyf8vWlZaMJyie",
      lv_major: -1n,
      lv_kernel_minor: 0n,
      lv_size: 209715200n,
      snap_percent: -1,
      copy_percent: 12.5,
      modules: "",
    });
  });
});

describe("logicalVolumeName", () => {
  const uuid = `LVM-${"a".repeat(64)}`;

  it.each([
    ["VG-LV", "/dev/VG/LV"],
    ["my--group-my--volume", "/dev/my-group/my-volume"],
    ["a----b-c", "/dev/a--b/c"],
  ])("%s is %s", (name, expected) => {
    expect(logicalVolumeName({ kernel: "dm-0", name, uuid })).toBe(expected);
  });

  it.each([`${uuid}-pool`, `${uuid}-real`, "CRYPT-LUKS2-x", ""])(
    "is nothing for a device with the UUID '%s'",
    (other) => {
      expect(logicalVolumeName({ kernel: "dm-0", name: "VG-LV", uuid: other })).toBeUndefined();
    },
  );
});

describe("lvm_set_filter", () => {
  it("accepts exactly the devices named", () => {
    expect(filterConfiguration(["/dev/sda1", "/dev/mapper/a.b"])).toBe(
      String.raw`devices {
  global_filter = [ "a|^/dev/sda1$|", "a|^/dev/mapper/a\\.b$|", "r|.*|" ]
}
`.replaceAll(String.raw`\\`, String.raw`\\`),
    );
  });
});

describe("mount options", () => {
  it.each([
    ["", { flags: 0, data: "" }],
    ["ro,noatime", { flags: 1 | 1024, data: "" }],
    ["ro,rw", { flags: 0, data: "" }],
    ["subvol=a,nodev,compress=zstd", { flags: 4, data: "subvol=a,compress=zstd" }],
  ])("'%s'", (text, expected) => {
    expect(parseMountOptions(text)).toEqual(expected);
  });
});

describe("mountinfo", () => {
  it("gives number, place and source of every mount", () => {
    const text = [
      "22 1 8:16 / / rw,relatime - ext4 /dev/sdb rw",
      String.raw`36 22 254:0 / /sysroot/a\040b rw,nosuid shared:1 master:2 - ext4 /dev/VG/LV rw`,
      "",
    ].join("\n");

    expect(parseMountinfo(text)).toEqual([
      { number: "8:16", prefix: "/", place: "/", type: "ext4", source: "/dev/sdb" },
      { number: "254:0", prefix: "/", place: "/sysroot/a b", type: "ext4", source: "/dev/VG/LV" },
    ]);
  });
});
