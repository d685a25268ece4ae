/** Which contents have to be read to compare and to show what differs; bounded in number and size. Pure. */
import { isRegular, type Files, type GuestFile } from "./entry.ts";
import { isUnchanged, type Pair, type Pairing } from "./pairs.ts";
import { TEXT_MAX } from "./text.ts";

/** Paths of one side. No file whose content is wanted is larger than TEXT_MAX. */
export interface Reading {
  readonly contents: readonly string[];
  readonly digests: readonly string[];
}

const CONTENTS_MAX = 400;
const CONTENTS_BYTES_MAX = 64 << 20;
/** Above this many added files only those are read that an action of the recipe named. */
const ADDED_ALL_MAX = 50;
const ADDED_TEXTS_MAX = 200;
/** Larger additions are told by size and digest. */
const ADDED_TEXT_BYTES = 64 << 10;

/** Whether the text of a file is too long to be shown. @param was undefined for an added file */
export function isTooLong(was: GuestFile | undefined, now: GuestFile): boolean {
  return was === undefined ? now.size > ADDED_TEXT_BYTES : Math.max(was.size, now.size) > TEXT_MAX;
}

/**
 * @param touched paths whose content may differ although nothing else does
 * @param named files that the recipe's actions named: what the recipe is about, where it added thousands
 */
export function planReading(
  pairing: Pairing,
  after: Files,
  touched: ReadonlySet<string>,
  named: ReadonlySet<string>,
): { readonly before: Reading; readonly after: Reading } {
  const pairs = [...pairing.suspects, ...pairing.moved].filter((pair) => mayDiffer(pair, touched));
  const { contents, digests } = divide(pairs);
  const shown = shownAdditions(pairing.added, after, named);
  const from = (pair: Pair): string => pair.from;
  const to = (pair: Pair): string => pair.to;
  return {
    before: { contents: contents.map(from), digests: digests.map(from) },
    after: {
      contents: [...contents.map(to), ...shown.contents],
      digests: [...digests.map(to), ...shown.digests],
    },
  };
}

function mayDiffer(pair: Pair, touched: ReadonlySet<string>): boolean {
  const { was, now, to } = pair;
  if (!isRegular(was) || !isRegular(now)) return false;
  if (was.size !== now.size) return true;
  if (was.sha256 !== undefined && now.sha256 !== undefined) return was.sha256 !== now.sha256;
  return touched.has(to) || !isUnchanged(pair);
}

/** Small files are compared by their bytes, which the text needs; the others by digest. Another size needs neither. */
function divide(pairs: readonly Pair[]): { contents: Pair[]; digests: Pair[] } {
  const contents: Pair[] = [];
  const digests: Pair[] = [];
  let bytes = 0;
  for (const pair of pairs) {
    const { was, now } = pair;
    const small = was.size <= TEXT_MAX && now.size <= TEXT_MAX;
    if (small && contents.length < CONTENTS_MAX && bytes + was.size + now.size <= CONTENTS_BYTES_MAX) {
      contents.push(pair);
      bytes += was.size + now.size;
    } else if (was.size === now.size || digests.length < CONTENTS_MAX) {
      digests.push(pair);
    }
  }
  return { contents, digests };
}

/** Added files are read where they are few, or where the recipe wrote them itself. */
function shownAdditions(
  added: readonly string[],
  after: Files,
  named: ReadonlySet<string>,
): { contents: string[]; digests: string[] } {
  const files = added.filter((path) => has(after, path, isRegular));
  const shown = files.length <= ADDED_ALL_MAX ? files : files.filter((path) => named.has(path));
  const some = shown.slice(0, ADDED_TEXTS_MAX);
  const small = (path: string): boolean => has(after, path, ({ size }) => size <= ADDED_TEXT_BYTES);
  return { contents: some.filter(small), digests: some.filter((path) => !small(path)) };
}

function has(files: Files, path: string, test: (file: GuestFile) => boolean): boolean {
  const file = files.get(path);
  return file !== undefined && test(file);
}
