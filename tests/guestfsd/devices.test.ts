/** Device names against a made-up sysfs. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createDevices, findApplianceDisk, mountableToReal } from "../../guestfsd/devices.ts";
import type { Devices } from "../../guestfsd/context.ts";

let sys: string;
let devices: Devices;

/** Kernel names in an order that is not that of the SCSI addresses; sdb is the appliance's. */
const DISKS: Readonly<Record<string, string>> = { sda: "2:0:10:0", sdc: "2:0:0:0", sdd: "2:0:9:0", sdb: "2:0:11:0" };

beforeAll(() => {
  sys = mkdtempSync(join(tmpdir(), "gild-sys-"));
  for (const [name, address] of Object.entries(DISKS)) {
    mkdirSync(join(sys, "block", name), { recursive: true });
    symlinkSync(`../../${address}`, join(sys, "block", name, "device"));
  }
  const labelled = join(sys, "2:0:9:0");
  mkdirSync(labelled);
  writeFileSync(join(labelled, "vpd_pg80"), Buffer.from("\0\x80\0\x04data", "latin1"));
  mkdirSync(join(sys, "block/sdd/sdd1"));
  mkdirSync(join(sys, "block/sdd/queue"));
  for (const other of ["loop0", "dm-0", "sr0", "md0", "ram1"]) mkdirSync(join(sys, "block", other));
  devices = createDevices({ sys, applianceDisk: "sdb" });
});
afterAll(() => {
  rmSync(sys, { recursive: true });
});

describe("device names", () => {
  it("count the disks in the order of their SCSI addresses, the appliance's left out", () => {
    expect(devices.list()).toEqual(["/dev/sda", "/dev/sdb", "/dev/sdc"]);
  });

  it.each([
    ["/dev/sda", "/dev/sdc"],
    ["/dev/sdb2", "/dev/sdd2"],
    ["/dev/vdc", "/dev/sda"],
    ["/dev/hda15", "/dev/sdc15"],
    ["/dev/md0", "/dev/md0"],
    ["/dev/VG/LV", "/dev/VG/LV"],
    ["/dev/mapper/VG-LV", "/dev/mapper/VG-LV"],
    ["/dev/dm-0", "/dev/dm-0"],
  ])("translate %s to %s", (api, real) => {
    expect(devices.toReal(api)).toBe(real);
  });

  it("can be labels", () => {
    expect(devices.labels()).toEqual([
      ["data", "/dev/sdd"],
      ["data1", "/dev/sdd1"],
    ]);
    expect(devices.toReal("/dev/disk/guestfs/data1")).toBe("/dev/sdd1");
    expect(devices.toReal("/dev/disk/guestfs/none")).toBe("/dev/disk/guestfs/none");
  });

  it("of no disk name nothing, not even the appliance's disk of that kernel name", () => {
    expect(devices.toReal("/dev/sdd")).not.toBe("/dev/sdd");
    expect(devices.isDevice(devices.toReal("/dev/sdd"))).toBe(false);
  });

  it.each([
    ["/dev/sdc", "/dev/sda"],
    ["/dev/sda3", "/dev/sdc3"],
    ["/dev/VG/LV", "/dev/VG/LV"],
    ["btrfsvol:/dev/sdd1/root/sub", "btrfsvol:/dev/sdb1/root/sub"],
  ])("translate %s back to %s", (real, api) => {
    expect(devices.toApi(real)).toBe(api);
  });

  it.each([
    ["btrfsvol:/dev/sdb1/root/sub", "btrfsvol:/dev/sdd1/root/sub"],
    ["btrfsvol:/dev/VG/LV/sub", "btrfsvol:/dev/VG/LV/sub"],
    ["/dev/sdb1", "/dev/sdd1"],
  ])("are translated inside the mountable %s", (mountable, real) => {
    expect(mountableToReal(mountable, devices)).toBe(real);
  });
});

describe("many disks", () => {
  it("go on after z with two letters", () => {
    const many = mkdtempSync(join(tmpdir(), "gild-sys-"));
    const letter = (n: number): string => String.fromCharCode(97 + n);
    for (let n = 0; n < 110; n++) {
      const name = n < 26 ? `sd${letter(n)}` : `sd${letter(Math.floor(n / 26) - 1)}${letter(n % 26)}`;
      mkdirSync(join(many, "block", name), { recursive: true });
      symlinkSync(`../0:0:${n}:0`, join(many, "block", name, "device"));
    }
    const found = createDevices({ sys: many, applianceDisk: undefined });

    expect(found.list().slice(25, 28)).toEqual(["/dev/sdz", "/dev/sdaa", "/dev/sdab"]);
    expect(found.list().at(-1)).toBe("/dev/sddf");
    // The d of a second letter is no d of "sd".
    for (const name of ["/dev/sdad3", "/dev/sdda", "/dev/sddd1"]) expect(found.toReal(name)).toBe(name);
    expect(found.toReal("/dev/xvdda2")).toBe("/dev/sdda2");
    rmSync(many, { recursive: true });
  });
});

describe("the appliance's disk", () => {
  it("is what init wrote down", () => {
    const file = join(sys, "appliance-disk");
    writeFileSync(file, "sdq\n");

    expect(findApplianceDisk(file)).toBe("sdq");
  });

  it("is none when init wrote nothing", () => {
    const file = join(sys, "empty");
    writeFileSync(file, "");

    expect(findApplianceDisk(file)).toBeUndefined();
  });
});
