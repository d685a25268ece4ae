/**
 * libblkid's low-level probing through koffi, with its own function names: what superblock and partition table a device
 * holds. No cache, no udev. Does not judge what it finds.
 */
import koffi from "koffi";

import { textFromBytes } from "../../schemas/index.ts";
import { cString } from "./libc.ts";

type Probe = unknown;

const library = koffi.load("libblkid.so.1");

const c: {
  readonly newProbe: (name: Uint8Array) => Probe;
  readonly freeProbe: (probe: Probe) => void;
  readonly setSuperblocksFlags: (probe: Probe, flags: number) => number;
  readonly enablePartitions: (probe: Probe, enable: number) => number;
  readonly setPartitionsFlags: (probe: Probe, flags: number) => number;
  readonly doSafeprobe: (probe: Probe) => number;
  readonly numofValues: (probe: Probe) => number;
  readonly getValue: (probe: Probe, index: number, name: unknown[], data: unknown[], length: bigint[]) => number;
} = {
  newProbe: library.func("void *blkid_new_probe_from_filename(const void *name)"),
  freeProbe: library.func("void blkid_free_probe(void *probe)"),
  setSuperblocksFlags: library.func("int blkid_probe_set_superblocks_flags(void *probe, int flags)"),
  enablePartitions: library.func("int blkid_probe_enable_partitions(void *probe, int enable)"),
  setPartitionsFlags: library.func("int blkid_probe_set_partitions_flags(void *probe, int flags)"),
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

/**
 * Values by libblkid's names (TYPE, USAGE, LABEL, UUID, PTTYPE, PART_ENTRY_UUID, ...).
 *
 * @returns empty when nothing is recognised, or when two things are (ambivalent)
 * @throws Error when the device cannot be opened
 */
export function probeDevice(device: string): ReadonlyMap<string, string> {
  const probe = c.newProbe(cString(device));
  if (probe === null) throw new Error(`${device}: cannot be probed`);
  try {
    c.setSuperblocksFlags(probe, SUPERBLOCKS_FLAGS);
    c.enablePartitions(probe, 1);
    c.setPartitionsFlags(probe, PARTITIONS_FLAGS);
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

/** libblkid counts the final NUL of text in the length. */
function valueText(data: unknown, length: number): string {
  // koffi decodes "uint8_t" of a length to Uint8Array or an array of numbers.
  const bytes = Uint8Array.from(koffi.decode(data, koffi.array("uint8_t", length)) as ArrayLike<number>);
  const end = bytes.indexOf(0);
  return textFromBytes(end === -1 ? bytes : bytes.subarray(0, end));
}
