import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { readWriteCounts, writtenSince } from "../../guestfsd/block-writes.ts";
import { noDevices } from "../../guestfsd/devices.ts";

let sys: string;

beforeEach(() => {
  sys = mkdtempSync(join(tmpdir(), "gild-sys-"));
});

afterEach(() => {
  rmSync(sys, { recursive: true });
});

const devices = { ...noDevices(), list: () => ["/dev/sda", "/dev/sdb"], toReal: (name: string) => name };

function device(name: string, written: number, folders: readonly string[] = []): void {
  const folder = join(sys, "class/block", name);
  for (const inner of ["holders", ...folders]) mkdirSync(join(folder, inner), { recursive: true });
  writeFileSync(join(folder, "stat"), `  1 2 3 4 5 6 ${written} 8\n`);
}

test("counts what holds something of its own, by the names of the API", () => {
  device("sda", 10);
  mkdirSync(join(sys, "class/block/sda/sda1"));
  writeFileSync(join(sys, "class/block/sda/sda1/partition"), "1\n");
  device("sda1", 4);
  device("sda2", 6, ["holders/dm-0"]);
  device("sdb", 0);
  device("sdc", 3);
  device("sdaa", 3);
  device("loop0", 5);
  device("dm-0", 7, ["dm"]);
  writeFileSync(join(sys, "class/block/dm-0/dm/name"), "no-such\n");

  expect(readWriteCounts(devices, sys)).toEqual(
    new Map([
      ["/dev/sda1", 4n],
      ["/dev/sdb", 0n],
      ["/dev/mapper/no-such", 7n],
    ]),
  );
});

test("tells devices that were written to, and those that came with something on them", () => {
  const before = new Map([
    ["/dev/sda1", 4n],
    ["/dev/sdb", 0n],
  ]);
  const now = new Map([
    ["/dev/sda1", 5n],
    ["/dev/sdb", 0n],
    ["/dev/sdb1", 1n],
    ["/dev/sdb2", 0n],
  ]);

  expect(writtenSince(before, now)).toEqual(["/dev/sda1", "/dev/sdb1"]);
});
