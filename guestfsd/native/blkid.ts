/**
 * libblkid's low-level probing through koffi, with its own function names: what superblock and partition table a device
 * holds. No cache, no udev. Does not judge what it finds.
 */
import { constants } from "node:fs";

import koffi from "koffi";

import { textFromBytes } from "../../schemas/index.ts";
import { lastErrno, SystemError } from "./errno.ts";
import { closeQuietly, cString, open } from "./libc.ts";

type Probe = unknown;

const library = koffi.load("libblkid.so.1");

const c: {
  readonly newProbe: (name: Uint8Array) => Probe;
  readonly freeProbe: (probe: Probe) => void;
  readonly setSuperblocksFlags: (probe: Probe, flags: number) => number;
  readonly enablePartitions: (probe: Probe, enable: number) => number;
  readonly setPartitionsFlags: (probe: Probe, flags: number) => number;
  readonly enableTopology: (probe: Probe, enable: number) => number;
  readonly plainProbe: () => Probe;
  readonly setDevice: (probe: Probe, fd: number, offset: bigint, size: bigint) => number;
  readonly doProbe: (probe: Probe) => number;
  readonly doWipe: (probe: Probe, dryRun: number) => number;
  readonly doSafeprobe: (probe: Probe) => number;
  readonly numofValues: (probe: Probe) => number;
  readonly getValue: (probe: Probe, index: number, name: unknown[], data: unknown[], length: bigint[]) => number;
} = {
  newProbe: library.func("void *blkid_new_probe_from_filename(const void *name)"),
  freeProbe: library.func("void blkid_free_probe(void *probe)"),
  setSuperblocksFlags: library.func("int blkid_probe_set_superblocks_flags(void *probe, int flags)"),
  enablePartitions: library.func("int blkid_probe_enable_partitions(void *probe, int enable)"),
  setPartitionsFlags: library.func("int blkid_probe_set_partitions_flags(void *probe, int flags)"),
  enableTopology: library.func("int blkid_probe_enable_topology(void *probe, int enable)"),
  plainProbe: library.func("void *blkid_new_probe(void)"),
  setDevice: library.func("int blkid_probe_set_device(void *probe, int fd, int64_t offset, int64_t size)"),
  doProbe: library.func("int blkid_do_probe(void *probe)"),
  doWipe: library.func("int blkid_do_wipe(void *probe, int dry_run)"),
  doSafeprobe: library.func("int blkid_do_safeprobe(void *probe)"),
  numofValues: library.func("int blkid_probe_numof_values(void *probe)"),
  getValue: library.func(
    "int blkid_probe_get_value(void *probe, int index, _Out_ char **name, _Out_ void **data, _Out_ size_t *length)",
  ),
};

/** BLKID_SUBLKS_LABEL, _UUID, _TYPE, _SECTYPE, _USAGE, _VERSION. */
const SUPERBLOCKS_FLAGS = (1 << 1) | (1 << 3) | (1 << 5) | (1 << 6) | (1 << 7) | (1 << 8);
/** BLKID_PARTS_ENTRY_DETAILS: PART_ENTRY_UUID and the like, of the partition that the device is. */
const PARTITIONS_FLAGS = 1 << 2;
/** BLKID_SUBLKS_MAGIC and BLKID_PARTS_MAGIC: where the signature lies; BLKID_SUBLKS_BADCSUM, BLKID_PARTS_FORCE_GPT: damaged ones too. */
const WIPE_SUPERBLOCKS = (1 << 9) | (1 << 5) | (1 << 10);
const WIPE_PARTITIONS = (1 << 3) | (1 << 1);
/** No device has more signatures than this; a guard against one that cannot be erased. */
const SIGNATURES_MAX = 64;

export interface ProbeOptions {
  /** Also MINIMUM_IO_SIZE, LOGICAL_SECTOR_SIZE and the like. */
  readonly topology?: boolean;
}

/**
 * Values by libblkid's names (TYPE, USAGE, LABEL, UUID, PTTYPE, PART_ENTRY_UUID, ...).
 *
 * @returns empty when nothing is recognised, or when two things are (ambivalent)
 * @throws SystemError when the device cannot be opened
 */
export function probeDevice(device: string, options: ProbeOptions = {}): ReadonlyMap<string, string> {
  const probe = c.newProbe(cString(device));
  if (probe === null) throw new SystemError(lastErrno(), "open");
  try {
    c.setSuperblocksFlags(probe, SUPERBLOCKS_FLAGS);
    c.enablePartitions(probe, 1);
    c.setPartitionsFlags(probe, PARTITIONS_FLAGS);
    if (options.topology === true) c.enableTopology(probe, 1);
    const found = new Map<string, string>();
    if (c.doSafeprobe(probe) !== 0) return found;
    for (let index = 0; index < c.numofValues(probe); index++) {
      const name: unknown[] = [null];
      const data: unknown[] = [null];
      const length: bigint[] = [0n];
      if (c.getValue(probe, index, name, data, length) !== 0) continue;
      found.set(String(name[0]), valueText(data[0], Number(length[0])));
    }
    return found;
  } finally {
    c.freeProbe(probe);
  }
}

/**
 * Erases every signature that libblkid knows on a device: filesystems, members, partition tables with their backups.
 *
 * @throws SystemError EBUSY when the device is mounted or otherwise in use
 */
export function wipeSignatures(device: string): void {
  const fd = open(device, constants.O_RDWR | constants.O_EXCL);
  const probe = c.plainProbe();
  try {
    if (probe === null || c.setDevice(probe, fd, 0n, 0n) !== 0) throw new SystemError(lastErrno(), "open");
    c.setSuperblocksFlags(probe, WIPE_SUPERBLOCKS);
    c.enablePartitions(probe, 1);
    c.setPartitionsFlags(probe, WIPE_PARTITIONS);
    // Each round finds one signature; what is erased lets the next one, a backup for example, be seen.
    for (let round = 0; round < SIGNATURES_MAX && c.doProbe(probe) === 0; round++) {
      if (c.doWipe(probe, 0) !== 0) throw new SystemError(lastErrno(), "write");
    }
  } finally {
    if (probe !== null) c.freeProbe(probe);
    closeQuietly(fd);
  }
}

/** libblkid counts the final NUL of text in the length. */
function valueText(data: unknown, length: number): string {
  // koffi decodes "uint8_t" of a length to Uint8Array or an array of numbers.
  const bytes = Uint8Array.from(koffi.decode(data, koffi.array("uint8_t", length)) as ArrayLike<number>);
  const end = bytes.indexOf(0);
  return textFromBytes(end === -1 ? bytes : bytes.subarray(0, end));
}
