/** Daemon side of schemas/actions/isoinfo.ts. Layout: ECMA-119 §8.4, primary volume descriptor. */
import { closeSync, readSync } from "node:fs";

import { textFromBytes, type families, type HandlersOf, type StructOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { openDevice, openFile } from "../file-reader.ts";

const DESCRIPTOR_OFFSET = 32768;
const DESCRIPTOR_SIZE = 2048;
/** Type 1, standard identifier, version 1. */
const MAGIC = "\u0001CD001\u0001";
const QUARTER_HOUR = 15 * 60;

export const isoinfo = {
  isoinfo: ({ isofile }, { sysroot }) => about(isofile, () => read(isofile, openFile(sysroot, isofile))),
  isoinfo_device({ device }, { devices }) {
    const shown = devices.toApi(device);
    return about(shown, () => read(shown, openDevice(device)));
  },
} satisfies HandlersOf<typeof families.isoinfo, Context>;

/** Closes the descriptor. */
function read(name: string, fd: number): StructOf<"isoinfo"> {
  const bytes = Buffer.alloc(DESCRIPTOR_SIZE);
  try {
    const size = readSync(fd, bytes, 0, DESCRIPTOR_SIZE, DESCRIPTOR_OFFSET);
    if (size === DESCRIPTOR_SIZE && bytes.toString("latin1", 0, MAGIC.length) === MAGIC) return parse(bytes);
  } finally {
    closeSync(fd);
  }
  throw new ActionError(`${name}: not an ISO file or CD-ROM`, "EINVAL");
}

/** Numbers are there in both byte orders, the little-endian one first. */
function parse(bytes: Buffer): StructOf<"isoinfo"> {
  const text = (offset: number, length: number): string =>
    textFromBytes(bytes.subarray(offset, offset + length)).replace(/[ \0]+$/, "");
  return {
    iso_system_id: text(8, 32),
    iso_volume_id: text(40, 32),
    iso_volume_space_size: bytes.readUInt32LE(80),
    iso_volume_set_size: bytes.readUInt16LE(120),
    iso_volume_sequence_number: bytes.readUInt16LE(124),
    iso_logical_block_size: bytes.readUInt16LE(128),
    iso_volume_set_id: text(190, 128),
    iso_publisher_id: text(318, 128),
    iso_data_preparer_id: text(446, 128),
    iso_application_id: text(574, 128),
    iso_copyright_file_id: text(702, 37),
    iso_abstract_file_id: text(739, 37),
    iso_bibliographic_file_id: text(776, 37),
    iso_volume_creation_t: time(bytes.subarray(813, 830)),
    iso_volume_modification_t: time(bytes.subarray(830, 847)),
    iso_volume_expiration_t: time(bytes.subarray(847, 864)),
    iso_volume_effective_t: time(bytes.subarray(864, 881)),
  };
}

/** `YYYYMMDDhhmmsscc`, and the distance from Greenwich in quarters of an hour. All zeroes is no time. */
function time(bytes: Buffer): bigint {
  const digits = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\d\d$/.exec(bytes.toString("latin1", 0, 16));
  if (digits === null) return -1n;
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = digits.slice(1).map(Number);
  if (year === 0) return -1n;
  const secondsUtc = Date.UTC(year, month - 1, day, hours, minutes, seconds) / 1000;
  return BigInt(secondsUtc - bytes.readInt8(16) * QUARTER_HOUR);
}
