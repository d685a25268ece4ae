/** What the handlers of btrfs, md and xfs read from their programs. No device is touched. */
import { describe, expect, it } from "vitest";

import { parseBalanceStatus } from "../../guestfsd/actions/btrfs-balance.ts";
import { parseSubvolumeShow } from "../../guestfsd/actions/btrfs-subvolume.ts";
import { parseDetail, parseMdstat, withMissing } from "../../guestfsd/actions/md.ts";
import { parseXfsInfo, xfsInfoStruct } from "../../guestfsd/xfs-info.ts";

describe("btrfs", () => {
  it.each([
    ["Balance on '/m' is running\n3 out of about 11 chunks balanced (4 considered),  73% left\n", "running"],
    ["Balance on '/m' is paused\n3 out of about 11 chunks balanced (4 considered),  73% left\n", "paused"],
  ])("tells how far a balance is: %j", (text, status) => {
    expect(parseBalanceStatus(text)).toEqual({
      btrfsbalance_status: status,
      btrfsbalance_total: 11n,
      btrfsbalance_balanced: 3n,
      btrfsbalance_considered: 4n,
      btrfsbalance_left: 73n,
    });
  });

  it("does not take an error for the status of a balance", () => {
    expect(parseBalanceStatus("")).toBeUndefined();
  });

  it("joins snapshots, and keeps what comes after them", () => {
    const text = [
      "a sub",
      "\tName: \t\t\ta sub",
      "\tParent UUID: \t\t-",
      "\tCreation time: \t\t2026-11-21 12:29:07 +0000",
      "\tSnapshot(s):",
      "\t\t\t\tone",
      "\t\t\t\ttwo",
      "\tQuota group:\t\t0/256",
      "\t  Limit referenced:\t-",
      "",
    ].join("\n");

    expect(parseSubvolumeShow(text)).toEqual([
      ["path", "a sub"],
      ["Name", "a sub"],
      ["Parent UUID", ""],
      ["Creation time", "2026-11-21 12:29:07 +0000"],
      ["Snapshot(s)", "one,two"],
      ["Quota group", "0/256"],
      ["Limit referenced", ""],
    ]);
  });
});

describe("md", () => {
  it.each([
    [["a"], 1n, ["missing", "a"]],
    [["a"], 2n, ["a", "missing"]],
    [["a", "b"], 0n, ["a", "b"]],
    [["a", "b"], 0b1010n, ["a", "missing", "b", "missing"]],
  ])("puts %j into the places that bitmap %s leaves", (devices, bitmap, members) => {
    expect(withMissing(devices, bitmap)).toEqual(members);
  });

  it("counts every bit of a negative bitmap", () => {
    expect(withMissing(["a"], -1n)).toHaveLength(65);
  });

  it("reads the members of one array", () => {
    const text = [
      "Personalities : [raid1]",
      "md12 : active raid1 sdc[0]",
      "md1 : active raid1 sdb[2](W)(S) sda5[0](F)",
      "      1046528 blocks super 1.2 [2/2] [UU]",
    ].join("\n");

    expect(parseMdstat(text, "md1")).toEqual([
      { mdstat_device: "/dev/sdb", mdstat_index: 2, mdstat_flags: "WS" },
      { mdstat_device: "/dev/sda5", mdstat_index: 0, mdstat_flags: "F" },
    ]);
    expect(parseMdstat(text, "md2")).toBeUndefined();
  });

  it("tells devices by their API names", () => {
    const text = "MD_LEVEL=raid1\nMD_DEVICE_dev_sdb1_ROLE=0\nMD_DEVICE_dev_sdb1_DEV=/dev/sdb1\nMD_NAME=host:r=1\n";

    expect(parseDetail(text, (device) => device.replace("sdb", "sda"))).toEqual([
      ["level", "raid1"],
      ["device_dev_sda1_role", "0"],
      ["device_dev_sda1_dev", "/dev/sda1"],
      ["name", "host:r=1"],
    ]);
  });
});

describe("xfs_info", () => {
  const geometry = parseXfsInfo(
    [
      "meta-data=/dev/sda1              isize=512    agcount=4, agsize=65536 blks",
      "         =                       sectsz=512   attr=2, projid32bit=1",
      "         =                       crc=1        finobt=1, sparse=1, rmapbt=0",
      "data     =                       bsize=4096   blocks=262144, imaxpct=25",
      "         =                       sunit=0      swidth=0 blks",
      "naming   =version 2              bsize=4096   ascii-ci=0, ftype=1",
      "log      =/dev/sdb1              bsize=4096   blocks=16384, version=2",
      "         =                       sectsz=512   sunit=0 blks, lazy-count=1",
      "realtime =none                   extsz=4096   blocks=0, rtextents=0",
      "",
    ].join("\n"),
  );

  it("names fields by their group", () => {
    expect(geometry.size).toBe(31);
    expect(Object.fromEntries(geometry)).toMatchObject({
      "meta-data": "/dev/sda1",
      "meta-data.agsize": "65536 blks",
      "meta-data.rmapbt": "0",
      naming: "version 2",
      log: "/dev/sdb1",
      "log.sunit": "0 blks",
      realtime: "none",
    });
  });

  it("becomes a struct in which what is missing is -1", () => {
    expect(xfsInfoStruct(geometry)).toMatchObject({
      xfs_mntpoint: "/dev/sda1",
      xfs_agsize: 65536,
      xfs_datablocks: 262144n,
      xfs_dirversion: 2,
      xfs_logname: "/dev/sdb1",
      xfs_lazycount: 1,
      xfs_rtextsize: 4096,
    });
    expect(xfsInfoStruct(new Map())).toMatchObject({
      xfs_mntpoint: "",
      xfs_agcount: 0xffffffff,
      xfs_datablocks: 0xffffffffffffffffn,
      xfs_dirversion: 0xffffffff,
    });
  });
});
