/** Partition tables that libblkid reads, on plain files made here. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { probeDevice, wipeSignatures } from "../../guestfsd/native/blkid.ts";
import { readPartitionTable } from "../../guestfsd/native/partition-table.ts";

const DISK_BYTES = 8 * 1024 * 1024;
let folder: string;
let disk: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gild-table-"));
  disk = join(folder, "disk.img");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Slot {
  readonly active?: boolean;
  readonly type: number;
  readonly start: number;
  readonly size: number;
}

/** An MBR (or EBR): four slots of 16 bytes from 446, magic 55 AA. */
function writeSectors(...records: readonly (readonly [sector: number, slots: readonly Slot[]])[]): void {
  const bytes = Buffer.alloc(DISK_BYTES);
  for (const [sector, slots] of records) {
    const base = sector * 512;
    for (const [index, { active, type, start, size }] of slots.entries()) {
      const at = base + 446 + 16 * index;
      bytes[at] = active === true ? 0x80 : 0;
      bytes[at + 4] = type;
      bytes.writeUInt32LE(start, at + 8);
      bytes.writeUInt32LE(size, at + 12);
    }
    bytes.writeUInt16LE(0xaa55, base + 510);
  }
  bytes.writeUInt32LE(0xcafe1234, 440);
  writeFileSync(disk, bytes);
}

describe("readPartitionTable", () => {
  it("gives primary, extended and logical partitions of an msdos table", () => {
    writeSectors(
      [
        0,
        [
          { active: true, type: 0x83, start: 64, size: 1000 },
          { type: 0x0f, start: 2048, size: 8192 },
        ],
      ],
      [2048, [{ type: 0x82, start: 64, size: 500 }]],
    );

    const table = readPartitionTable(disk);

    expect(table).toMatchObject({ type: "dos", id: "cafe1234" });
    expect(table?.entries).toMatchObject([
      { number: 1, start: 64n, size: 1000n, typeByte: 0x83, flags: 0x80n, place: "primary" },
      { number: 2, start: 2048n, size: 8192n, typeByte: 0x0f, flags: 0n, place: "extended" },
      { number: 5, start: 2112n, size: 500n, typeByte: 0x82, place: "logical" },
    ]);
  });

  it("gives undefined for a blank disk", () => {
    writeFileSync(disk, Buffer.alloc(DISK_BYTES));

    expect(readPartitionTable(disk)).toBeUndefined();
  });

  it("throws the errno of a disk that is not there", () => {
    expect(() => readPartitionTable(disk)).toThrow(expect.objectContaining({ code: "ENOENT" }));
  });
});

describe("wipeSignatures", () => {
  it("erases the table", () => {
    writeSectors([0, [{ type: 0x83, start: 64, size: 1000 }]]);
    expect(probeDevice(disk).get("PTTYPE")).toBe("dos");

    wipeSignatures(disk);

    expect(probeDevice(disk).size).toBe(0);
    expect(readPartitionTable(disk)).toBeUndefined();
  });

  it("leaves a blank disk alone", () => {
    writeFileSync(disk, Buffer.alloc(DISK_BYTES));

    wipeSignatures(disk);

    expect(probeDevice(disk).size).toBe(0);
  });
});
