/**
 * Says what a file's first bytes look like. Decides nothing: a raw disk's guest can write any of these signatures, which is
 * why a format is found once and then always named. Reads no file.
 */
import type { ForeignFormat } from "./drive.ts";
import { isQcow2 } from "./qcow2-header.ts";

/** How many bytes of the file are looked at. */
export const SNIFF_SIZE = 128 * 1024;

export type Sniffed =
  | { readonly kind: "qcow2" }
  /** A disk image of another hypervisor. */
  | { readonly kind: "foreign"; readonly format: ForeignFormat }
  /** A disk image of a format that is not opened. */
  | { readonly kind: "other"; readonly name: string }
  /** Compressed, an archive, text, ...: something that is certainly no disk. */
  | { readonly kind: "no-disk"; readonly name: string }
  /** Partition table, filesystem, LVM, LUKS, or all zeros. */
  | { readonly kind: "raw" }
  | { readonly kind: "unknown" };

type Signature<Name = string> = readonly [offset: number, bytes: string, name: Name];

const FOREIGN: readonly Signature<ForeignFormat>[] = [
  [0, "KDMV", "vmdk"],
  [0x40, "\x7f\x10\xda\xbe", "vdi"],
  [0, "vhdxfile", "vhdx"],
];

const OTHER: readonly Signature[] = [
  [0, "COWD", "VMDK of an ESX host"],
  [0, "# Disk DescriptorFile", "VMDK in several files"],
  [0, "conectix", "VHD"],
  [0, "QED\0", "QED"],
  [0, "WithoutFreeSpace", "Parallels"],
  [0, "WithouFreSpacExt", "Parallels"],
];

const NO_DISK: readonly Signature[] = [
  [0, "\x1f\x8b", "gzip data (decompress it first)"],
  [0, "\xfd7zXZ\0", "xz data (decompress it first)"],
  [0, "\x28\xb5\x2f\xfd", "zstd data (decompress it first)"],
  [0, "BZh", "bzip2 data (decompress it first)"],
  [0, "PK\x03\x04", "a zip archive (unpack it first)"],
  [0, "\x7fELF", "an ELF program"],
  [0, "!<arch>\n", "an ar archive"],
  [0, "%PDF-", "a PDF document"],
  [257, "ustar", "a tar archive"],
];

const RAW: readonly Signature[] = [
  [510, "\x55\xaa", "partition table or boot sector"],
  [512, "EFI PART", "GPT"],
  [4096, "EFI PART", "GPT"],
  [0x438, "\x53\xef", "ext"],
  [0, "XFSB", "xfs"],
  [0x10040, "_BHRfS_M", "btrfs"],
  [0x200, "LABELONE", "LVM"],
  [0, "LUKS\xba\xbe", "LUKS"],
  [4086, "SWAPSPACE2", "swap"],
  [0, "hsqs", "squashfs"],
  [0x400, "\xe2\xe1\xf5\xe0", "erofs"],
  [0x400, "\x10\x20\xf5\xf2", "f2fs"],
  [0x8001, "CD001", "ISO 9660"],
];

/** @param head the first bytes of the file, up to SNIFF_SIZE */
export function sniff(head: Buffer): Sniffed {
  if (isQcow2(head)) return { kind: "qcow2" };
  const format = match(head, FOREIGN);
  if (format !== undefined) return { kind: "foreign", format };
  const other = match(head, OTHER);
  if (other !== undefined) return { kind: "other", name: other };
  if (match(head, RAW) !== undefined || head.every((byte) => byte === 0)) return { kind: "raw" };
  const name = match(head, NO_DISK);
  return name === undefined ? { kind: "unknown" } : { kind: "no-disk", name };
}

function match<Name>(head: Buffer, signatures: readonly Signature<Name>[]): Name | undefined {
  return signatures.find(([offset, bytes]) => head.toString("latin1", offset, offset + bytes.length) === bytes)?.[2];
}
