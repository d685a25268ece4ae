/** Runs a side and measures it: wall time, and the memory of the processes it starts. */
import { spawn, spawnSync } from "node:child_process";

import { guestMemoryOf, residentOf, treeOf } from "./memory.ts";
import { root } from "./places.ts";
import type { Measured, Program, Row, Side } from "./row.ts";

const POLL_MS = 20;

/**
 * Times the runs.
 *
 * @param env added to this process's for every program
 */
export async function measure(
  row: Row,
  side: Side,
  env: Readonly<Record<string, string>>,
  runs: number,
): Promise<Measured> {
  const seconds: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    row.prepare();
    seconds.push(typeof side === "function" ? await side() : await secondsOf(side, env));
  }
  const median = seconds.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
  return { seconds: median, runs: seconds };
}

async function secondsOf(programs: readonly Program[], env: Readonly<Record<string, string>>): Promise<number> {
  const begin = performance.now();
  for (const program of programs) await runProgram(program, env);
  return (performance.now() - begin) / 1000;
}

/** Looks at the memory, in a run of its own: while the mappings of a qemu are read it cannot get new pages, and is slow. */
export async function withMemory(
  measured: Measured,
  row: Row,
  side: Side,
  env: Readonly<Record<string, string>>,
): Promise<Measured> {
  if (typeof side === "function") return measured;
  let peak = NOTHING;
  row.prepare();
  for (const program of side) await runProgram(program, env, (top) => (peak = peakNow(top, peak)));
  return { ...measured, peakMiB: toMiB(peak.totalKiB), guestMiB: toMiB(peak.guestKiB) };
}

interface Peak {
  readonly totalKiB: number;
  /** What of it was guests' memory. */
  readonly guestKiB: number;
}

const NOTHING: Peak = { totalKiB: 0, guestKiB: 0 };

const toMiB = (kib: number): number => Math.round(kib / 1024);

/** @param before guests' memory is only asked for when this is exceeded: that takes a while */
function peakNow(top: number, before: Peak): Peak {
  const pids = treeOf(top);
  const totalKiB = residentOf(pids);
  if (totalKiB <= before.totalKiB) return before;
  const guestKiB = guestMemoryOf(pids);
  // One that has ended meanwhile has no mappings: its guest would count as none.
  return residentOf(pids) < totalKiB ? before : { totalKiB, guestKiB };
}

/**
 * @param watch called with its process number again and again while it runs
 * @throws Error when the program fails
 */
async function runProgram(
  { argv, stdin = "", env: own }: Program,
  env: Readonly<Record<string, string>>,
  watch?: (pid: number) => void,
): Promise<void> {
  const [name = "", ...args] = argv;
  const child = spawn(name, args, { cwd: root, env: { ...process.env, ...env, ...own } });
  const output: Uint8Array[] = [];
  child.stdout.on("data", (bytes: Uint8Array) => output.push(bytes));
  child.stderr.on("data", (bytes: Uint8Array) => output.push(bytes));
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin);
  const poll = watch === undefined ? undefined : setInterval(() => watch(child.pid ?? 0), POLL_MS);
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (status !== 0) throw new Error(`${argv.join(" ")}: status ${status}\n${Buffer.concat(output).toString()}`);
  } finally {
    clearInterval(poll);
  }
}

/** Runs a program that is not measured. @throws Error */
export function must(argv: readonly string[]): string {
  const [name = "", ...args] = argv;
  const { status, stdout, stderr } = spawnSync(name, args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`${argv.join(" ")}: status ${status}\n${stdout}${stderr}`);
  return stdout;
}
