/** How long labels of filesystems may be: the programs that write them cut a longer one off, and say so to nobody. */
import { bytesFromText } from "../schemas/index.ts";
import { ActionError } from "./errors.ts";

/** 16 on the disk, with the NUL at the end (linux/swap.h). */
export const SWAP_LABEL_BYTES = 15;
export const XFS_LABEL_BYTES = 12;

/** @throws ActionError EINVAL */
export function refuseLong(kind: string, label: string, most: number): void {
  if (bytesFromText(label).length <= most) return;
  throw new ActionError(`${label}: ${kind} labels are limited to ${most} bytes`, "EINVAL");
}
