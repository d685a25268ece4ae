/** Random scripts for act.c, from a seed: few names in few directories, so that they meet. Pure. */

import type { Random } from "./random.ts";

export interface ScriptOptions {
  /** Directories to work in, each on a filesystem of its own. */
  readonly roots: readonly string[];
  readonly lines: number;
  readonly random: Random;
}

const NAMES = ["a", "b", "c", "d"];
const DEPTH = 3;

export function randomScript({ roots, lines, random }: ScriptOptions): string {
  const pick = <T>(list: readonly [T, ...T[]]): T => list[random(list.length)] ?? list[0];
  const script: string[] = [];
  for (let line = 0; line < lines; line++) {
    const root = roots[random(roots.length)] ?? "";
    const path = (): string =>
      root + Array.from({ length: 1 + random(DEPTH) }, () => `/${NAMES[random(NAMES.length)] ?? "a"}`).join("");
    const seed = random(1000);
    const size = pick([0, 1, 50, 5000, 70_000]);
    script.push(
      pick([
        () => `w ${path()} ${size} ${seed}`,
        () => `w ${path()} ${size} ${seed}`,
        () => `a ${path()} ${size} ${seed}`,
        () => `o ${path()} 1 ${seed}`,
        () => `m ${path()} ${seed}`,
        () => `z ${path()} ${seed}`,
        () => `z ${path()} ${seed}`,
        () => `t ${path()} ${size}`,
        () => `d ${path()}`,
        () => `d ${path()}`,
        () => `d ${path()}`,
        () => `r ${path()}`,
        () => `v ${path()} ${path()}`,
        () => `v ${path()} ${path()}`,
        // On vfat the kernel lists exchanged names as they were, until it has written them.
        () => (root === "/v" ? `v ${path()} ${path()}` : `x ${path()} ${path()}`),
        () => `l ${path()} ${path()}`,
        () => `l ${path()} ${path()}`,
        () => `s ${pick(["a", "../b", "/c", "b/c"])} ${path()}`,
        () => `n ${path()}`,
        () => `c ${path()} ${pick(["600", "644", "755", "4755"])}`,
        () => `u ${path()} ${random(3)} ${random(3)}`,
        () => `T ${path()} ${random(2_000_000_000)}`,
        () => `X ${path()} user.${pick(["a", "b"])} ${seed}`,
        () => `Y ${path()} user.a`,
        () => `U ${root === "" ? "/" : root} ${path()} ${seed}`,
        () => `b ${path()} ${path()}`,
        () => `D ${1_600_000_000 + random(300_000_000)}`,
      ])(),
    );
  }
  return `${script.join("\n")}\n`;
}
