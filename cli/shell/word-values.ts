/** What one word of a shell line may stand for besides text. */
import { UsageError } from "./usage-error.ts";

/** @throws UsageError */
export function booleanOf(arg: string, word: string): boolean {
  if (/^(true|t|yes|1)$/i.test(word)) return true;
  if (/^(false|f|no|0)$/i.test(word)) return false;
  throw new UsageError(`${arg}: want true or false, got '${word}'`);
}

/** `a b c`, as guestfish takes lists. */
export function listOf(word: string): string[] {
  return word.split(/\s+/).filter((item) => item !== "");
}

const UNITS: Readonly<Record<string, bigint>> = { "": 1n, K: 1n << 10n, M: 1n << 20n, G: 1n << 30n, T: 1n << 40n };

/** `10`, `-1`, `0x20`, `8K`, `1G`. @throws UsageError */
export function numberOf(arg: string, word: string): bigint {
  const match = /^(-?)(0x[0-9a-f]+|[0-9]+)([KMGT]?)$/i.exec(word);
  const unit = UNITS[match?.[3]?.toUpperCase() ?? "?"];
  if (match === null || unit === undefined) throw new UsageError(`${arg}: want a number, got '${word}'`);
  const size = BigInt(match[2] ?? "0") * unit;
  return match[1] === "-" ? -size : size;
}
