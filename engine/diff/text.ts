/** Unified hunks of text files, by the `diff` package, bounded in time and size. Knows no guest and no secrets. */
import { structuredPatch } from "diff";

/** Larger files are told by size and digest. */
export const TEXT_MAX = 1 << 20;
const DIFF_TIMEOUT_MS = 2000;
const CONTEXT_LINES = 3;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The content as text, or undefined for what is none: larger than TEXT_MAX, not UTF-8, or with a NUL. Control characters are
 * kept: whoever prints it makes them visible.
 */
export function asText(bytes: Uint8Array): string | undefined {
  if (bytes.length > TEXT_MAX || bytes.includes(0)) return undefined;
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * The difference as unified hunks (`@@` lines and below), each line ended by a newline.
 *
 * @returns undefined when it takes too long to find; "" when there is none
 */
export function unifiedHunks(before: string, after: string): string | undefined {
  const patch = structuredPatch("before", "after", before, after, undefined, undefined, {
    context: CONTEXT_LINES,
    timeout: DIFF_TIMEOUT_MS,
  });
  if (patch === undefined) return undefined;
  let text = "";
  for (const hunk of patch.hunks) {
    text += `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@\n`;
    for (const line of hunk.lines) text += `${line}\n`;
  }
  return text;
}

function range(start: number, lines: number): string {
  return lines === 1 ? String(start) : `${lines === 0 ? Math.max(start - 1, 0) : start},${lines}`;
}
