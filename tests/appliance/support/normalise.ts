/**
 * What may differ between two runs of the corpus, and nothing else: values that are drawn or counted anew each time, and the
 * way in which the two daemons introduce their errors. The only place with such rules.
 */
import type { Observation, Reply } from "./differential.ts";

const KERNEL_DISK = /\/dev\/sd[a-z](?=\d|\b)/g;

/** What a value is that no two runs share, by the text it stands in. */
const VALUES: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "UUID"],
  [/\b[0-9A-F]{4}-[0-9A-F]{4}$/gm, "FAT-ID"],
  [/\b[0-9A-F]{16}$/gm, "NTFS-ID"],
  [/\b[0-9A-Za-z]{6}-(?:[0-9A-Za-z]{4}-){5}[0-9A-Za-z]{6}\b/g, "LVM-UUID"],
  [/(?<=(?:pv|vg|lv)_uuid: )[0-9A-Za-z]{32}/g, "LVM-UUID"],
  [/(?<=(?:[acm]time(?:_n?sec)?|fsid|ino|dev): )-?\d+/g, "N"],
  [/\b[A-Z][a-z]{2} [ \d]\d \d\d:\d\d\b/g, "DATE"],
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b/g, "DATE"],
  // Programs say the kernel's names, which libguestfs does not translate; Debian's kernel finds the disks in any order.
  [KERNEL_DISK, "/dev/sd?"],
  [/(?<=PART_ENTRY_DISK: )\d+:\d+/g, "DISK"],
  // libguestfs shows where it has the guest.
  [/\/sysroot(?=\/)/g, ""],
  // Where guestfish is in its script.
  [/^script:\d+: /gm, ""],
];

/** What guestfish printed, without what is drawn anew; an error of a call is compared as the daemon's reply instead. */
export function normalText({ text, replies }: Observation): string {
  if (failed({ text, replies })) return "(an error)";
  return VALUES.reduce((normal, [pattern, name]) => normal.replaceAll(pattern, name), text).trimEnd();
}

/** guestfish says so; that of a call's arguments too, which the daemon never saw. */
export function failed({ text }: Observation): boolean {
  return /libguestfs: error: |guestfish: /.test(text);
}

/**
 * The errors of a line as they must be the same. libguestfs puts the name of a function of its daemon before a text
 * (`mount_stub:`, `open:`) and shows its own mount point; gild puts the operand there: so the reason is what comes last.
 */
export function normalErrors(replies: readonly Reply[]): readonly string[] {
  return replies.flatMap(({ action, error }) => (error === undefined ? [] : [`${action}: ${reason(error.message)}`]));
}

function reason(message: string): string {
  const [first = ""] = message.replaceAll("/sysroot", "").replaceAll(KERNEL_DISK, "/dev/sd?").trim().split("\n");
  return (first.split(": ").at(-1) ?? "").trim().replace(/\.$/, "").toLowerCase();
}

/** errno of every call of the line; "" where the call succeeded or told none. */
export function errnos(replies: readonly Reply[]): readonly string[] {
  return replies.map(({ error }) => error?.errno ?? "");
}
