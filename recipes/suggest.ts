/** Did-you-mean: the known word nearest to a misspelt one. */

/**
 * @param word as written
 * @param known the words it may be
 * @returns the nearest known word, if it is near enough to be meant
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const wanted = fold(word);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(wanted, fold(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `Did you mean "x"?`, or the fallback. */
export function didYouMean(word: string, known: Iterable<string>, otherwise = ""): string {
  const meant = nearest(word, known);
  return meant === undefined ? otherwise : `Did you mean "${meant}"?`;
}

/** The words as a list for people, shortened when there are many. */
export function listWords(words: readonly string[], max = 12): string {
  const shown = words.slice(0, max).join(", ");
  return words.length > max ? `${shown}, ...` : shown;
}

/** Capitals, hyphens and underscores are what people confuse most. */
function fold(word: string): string {
  return word.slice(0, 64).toLowerCase().replaceAll(/[-_ ]/g, "-");
}

/** Optimal string alignment distance: insertions, deletions, substitutions, swapped neighbours. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const above = rows[i - 1] ?? [];
      let cost = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}
