/** Sizes in `disks:`: "512M", "40%", "rest" or a number of bytes; and dividing a space among them. Pure. */

/** What `size:` says. Sizes in bytes. */
export type SizeSpec =
  | { readonly kind: "bytes"; readonly bytes: number }
  | { readonly kind: "percent"; readonly percent: number }
  | { readonly kind: "rest" };

export interface Share {
  readonly size: SizeSpec;
  /** Bytes. */
  readonly min: number | undefined;
  /** Bytes. */
  readonly max: number | undefined;
}

/** The share that cannot be had, and why. */
export interface Shortage {
  readonly index: number;
  /** Lower case, no final stop. */
  readonly reason: string;
}

export const SIZE_PATTERN = "^([0-9]+(\\.[0-9]+)?[KMGT]|[0-9]+|[0-9]+(\\.[0-9]+)?%|rest)$";
/** The same without shares of a whole. */
export const BYTES_PATTERN = "^([0-9]+(\\.[0-9]+)?[KMGT]|[0-9]+)$";

const POWERS: Readonly<Record<string, number>> = { K: 1, M: 2, G: 3, T: 4 };

/** Reads a size that SIZE_PATTERN or the schema's integer accepted. Suffixes are powers of 1024. */
export function parseSize(size: string | number): SizeSpec {
  if (size === "rest") return { kind: "rest" };
  if (typeof size === "string" && size.endsWith("%")) return { kind: "percent", percent: Number(size.slice(0, -1)) };
  return { kind: "bytes", bytes: parseBytes(size) };
}

/** Reads an absolute size. */
export function parseBytes(size: string | number): number {
  if (typeof size === "number") return size;
  const power = POWERS[size.slice(-1)];
  return power === undefined ? Number(size) : Math.round(Number(size.slice(0, -1)) * 1024 ** power);
}

/** For people: "512 MiB", "7.5 GiB". */
export function showBytes(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Number(value.toFixed(2))} ${units[unit] ?? ""}`;
}

/**
 * Divides `total` bytes among shares, in whole units. Absolute sizes are rounded up to the unit; percentages are of the
 * total, rounded down; `rest` (one at most) gets what is left; min and max bound the last two.
 *
 * @param total a multiple of `unit`
 * @returns the sizes in order, each a positive multiple of `unit`, together at most `total`
 */
export function divide(shares: readonly Share[], total: number, unit: number): readonly number[] | Shortage {
  const sizes: number[] = [];
  let left = total;
  for (const [index, share] of shares.entries()) {
    const size = share.size.kind === "rest" ? 0 : fixedSize(share.size, share, total, unit);
    const shortage = size === 0 ? undefined : tooSmall(size, share, left);
    if (shortage !== undefined) return { index, reason: shortage };
    if (share.size.kind !== "rest" && size === 0) return { index, reason: `would be smaller than ${showBytes(unit)}` };
    sizes.push(size);
    left -= size;
  }
  const rest = shares.findIndex((share) => share.size.kind === "rest");
  const share = shares[rest];
  if (share === undefined) return sizes;
  const size = Math.min(left, floor(share.max ?? left, unit));
  if (size < unit) return { index: rest, reason: `nothing is left of ${showBytes(total)}` };
  if (size < (share.min ?? 0)) {
    return {
      index: rest,
      reason: `only ${showBytes(size)} are left of ${showBytes(total)}, min is ${showBytes(share.min ?? 0)}`,
    };
  }
  return sizes.with(rest, size);
}

function fixedSize(size: Exclude<SizeSpec, { kind: "rest" }>, share: Share, total: number, unit: number): number {
  if (size.kind === "bytes") return Math.ceil(size.bytes / unit) * unit;
  const wanted = floor((total * size.percent) / 100, unit);
  return Math.min(Math.max(wanted, Math.ceil((share.min ?? 0) / unit) * unit), floor(share.max ?? total, unit));
}

function tooSmall(size: number, share: Share, left: number): string | undefined {
  if (size > left) return `needs ${showBytes(size)}, only ${showBytes(left)} are left`;
  if (size < (share.min ?? 0)) return `has ${showBytes(size)}, min is ${showBytes(share.min ?? 0)}`;
  return undefined;
}

function floor(bytes: number, unit: number): number {
  return Math.floor(bytes / unit) * unit;
}
