/**
 * A Windows dynamic disk with one simple volume, as nothing but Windows makes it: a partition of type 0x42, PRIVHEAD in sector 6,
 * and in the last MiB the database of the disk group (what is known of its layout stands in the kernel's block/partitions/ldm.h).
 * All numbers in it are big-endian.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";

const SECTOR = 512;
const DATABASE_SECTORS = 2048;
const DATA_START = 63;
/** Places in the database. */
const TABLE_SECTORS = [1, 2, 2045, 2046];
const PRIVHEAD_SECTORS = [1856, 2047];
const CONFIG_SECTOR = 17;
const RECORD_BYTES = 128;
/** Records fill whole sectors of four. */
const RECORDS = 8;

export const dynamicDisk = {
  guid: "0d2b1c6e-7a51-4b3e-9d4f-51f3c2a9e801",
  group: { guid: "06495a84-fbfd-11e1-8cf7-52540061f5db", name: "GILD-Dg0" },
  disk: "Disk1",
  volume: "Volume1",
  partition: "Disk1-01",
  hint: "E:",
} as const;

const ids = { group: 1, disk: 2, volume: 5, component: 6, partition: 8 };

/** @param sectors of 512 bytes in all; the volume takes what the database leaves, in whole MiB */
export function writeDynamicDisk(path: string, sectors: number): void {
  const database = sectors - DATABASE_SECTORS;
  const volumeSectors = Math.floor((database - DATA_START) / 2048) * 2048;
  const fd = openSync(path, "w");
  try {
    const put = (sector: number, bytes: Buffer): void => void writeSync(fd, bytes, 0, bytes.length, sector * SECTOR);
    ftruncateSync(fd, sectors * SECTOR);
    put(0, bootRecord(sectors));
    put(6, privateHead(database));
    for (const sector of PRIVHEAD_SECTORS) put(database + sector, privateHead(database));
    for (const sector of TABLE_SECTORS) put(database + sector, tableOfContents());
    put(database + CONFIG_SECTOR, Buffer.concat([configuration(), ...records(volumeSectors)]));
  } finally {
    closeSync(fd);
  }
}

function bootRecord(sectors: number): Buffer {
  const sector = Buffer.alloc(SECTOR);
  sector.writeUInt8(0x42, 446 + 4);
  sector.writeUInt32LE(DATA_START, 446 + 8);
  sector.writeUInt32LE(sectors - DATA_START, 446 + 12);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

function privateHead(database: number): Buffer {
  const head = Buffer.alloc(SECTOR);
  head.write("PRIVHEAD", 0);
  head.writeUInt16BE(2, 0x0c);
  head.writeUInt16BE(11, 0x0e);
  head.write(dynamicDisk.guid, 0x30);
  head.write(dynamicDisk.guid, 0x70);
  head.write(dynamicDisk.group.guid, 0xb0);
  head.write(dynamicDisk.group.name, 0xf0);
  const numbers = [DATA_START, database - DATA_START, database, DATABASE_SECTORS, 2, 2045];
  for (const [index, number] of numbers.entries()) head.writeBigUInt64BE(BigInt(number), 0x11b + 8 * index);
  head.writeUInt32BE(1, 0x14b);
  head.writeUInt32BE(1, 0x14f);
  head.writeBigUInt64BE(1481n, 0x153);
  head.writeBigUInt64BE(224n, 0x15b);
  return head;
}

function tableOfContents(): Buffer {
  const table = Buffer.alloc(SECTOR);
  table.write("TOCBLOCK", 0);
  for (const [offset, name, start, size] of [
    [0x24, "config", CONFIG_SECTOR, 1481],
    [0x46, "log", 1498, 224],
  ] as const) {
    table.write(name, offset);
    table.writeBigUInt64BE(BigInt(start), offset + 10);
    table.writeBigUInt64BE(BigInt(size), offset + 18);
  }
  return table;
}

function configuration(): Buffer {
  const head = Buffer.alloc(SECTOR);
  head.write("VMDB", 0);
  head.writeUInt32BE(SECTOR / RECORD_BYTES + RECORDS, 0x04);
  head.writeUInt32BE(RECORD_BYTES, 0x08);
  head.writeUInt32BE(SECTOR, 0x0c);
  head.writeUInt16BE(1, 0x10);
  head.writeUInt16BE(4, 0x12);
  head.writeUInt16BE(10, 0x14);
  head.write(dynamicDisk.group.name, 0x16);
  head.write(dynamicDisk.group.guid, 0x35);
  // Volumes, components, partitions, disks.
  for (let kind = 0; kind < 4; kind += 1) head.writeUInt32BE(1, 0x85 + 4 * kind);
  return head;
}

/** Length, then as many bytes as the number needs. */
function number(value: number): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

const text = (value: string): Buffer => Buffer.concat([Buffer.of(value.length), Buffer.from(value)]);
const zeros = (count: number): Buffer => Buffer.alloc(count);

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

function records(volumeSectors: number): Buffer[] {
  const { disk, group, guid, hint, partition, volume } = dynamicDisk;
  const state = Buffer.alloc(14, "ACTIVE\0\0\0\0\0\0\0\0");
  const filled = [
    record(0x35, 0, [number(ids.group), text(group.name), text(group.guid), zeros(12)]),
    record(0x34, 0, [number(ids.disk), text(disk), text(guid), text(""), zeros(12)]),
    record(
      0x51,
      0x02,
      [number(ids.volume), text(volume), text("gen"), text(""), state, Buffer.of(3, 0, 1), zeros(3), zeros(1)],
      [number(1), zeros(16), number(volumeSectors), zeros(4), Buffer.of(7), zeros(16), text(hint)],
    ),
    record(
      0x32,
      0,
      [number(ids.component), text(`${volume}-01`), text("ACTIVE"), Buffer.of(2), zeros(4)],
      [number(1), zeros(16), number(ids.volume), zeros(1)],
    ),
    record(
      0x33,
      0,
      [number(ids.partition), text(partition), zeros(12), u64(0), u64(0)],
      [number(volumeSectors), number(ids.component), number(ids.disk)],
    ),
  ];
  while (filled.length < RECORDS) filled.push({ type: 0, flags: 0, data: Buffer.alloc(0) });
  return filled.map(encodeRecord);
}

interface DatabaseRecord {
  readonly type: number;
  readonly flags: number;
  readonly data: Buffer;
}

const record = (type: number, flags: number, ...parts: readonly (readonly Buffer[])[]): DatabaseRecord => ({
  type,
  flags,
  data: Buffer.concat(parts.flat()),
});

function encodeRecord({ type, flags, data }: DatabaseRecord, index: number): Buffer {
  const bytes = Buffer.alloc(RECORD_BYTES);
  bytes.write("VBLK", 0);
  bytes.writeUInt32BE(SECTOR / RECORD_BYTES + index, 4);
  if (type === 0) return bytes;
  bytes.writeUInt32BE(index + 1, 8);
  bytes.writeUInt16BE(0, 12);
  bytes.writeUInt16BE(1, 14);
  bytes.writeUInt8(flags, 18);
  bytes.writeUInt8(type, 19);
  bytes.writeUInt32BE(data.length, 20);
  if (data.length > RECORD_BYTES - 24) throw new Error(`a record of ${data.length} bytes needs two places`);
  data.copy(bytes, 24);
  return bytes;
}
