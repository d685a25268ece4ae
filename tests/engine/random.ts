/** Numbers for tests that look random and are the same every time (Marsaglia's xorshift32). */

/** @param seed not 0 @returns a function that gives a whole number in `[0, limit)` */
export function randomFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}
