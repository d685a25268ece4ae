/** Runs a side and measures it: wall time, and the memory of the processes it starts. */
import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

import { root } from "./places.ts";
import type { Measured, Program, Row, Side } from "./row.ts";

const POLL_MS = 20;

/** @param env added to this process's for every program */
export async function measure(
  row: Row,
  side: Side,
  env: Readonly<Record<string, string>>,
  runs: number,
): Promise<Measured> {
  const seconds: number[] = [];
  let peakKiB = 0;
  for (let run = 0; run < runs; run += 1) {
    row.prepare();
    if (typeof side === "function") {
      seconds.push(await side());
      continue;
    }
    const begin = performance.now();
    for (const program of side) peakKiB = Math.max(peakKiB, await runProgram(program, env));
    seconds.push((performance.now() - begin) / 1000);
  }
  const median = seconds.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
  return {
    seconds: median,
    runs: seconds,
    ...(typeof side === "function" ? {} : { peakMiB: Math.round(peakKiB / 1024) }),
  };
}

/** Gives the peak of resident memory, KiB. @throws Error when the program fails */
async function runProgram(
  { argv, stdin = "", env: own }: Program,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const [name = "", ...args] = argv;
  const child = spawn(name, args, { cwd: root, env: { ...process.env, ...env, ...own } });
  const output: Uint8Array[] = [];
  child.stdout.on("data", (bytes: Uint8Array) => output.push(bytes));
  child.stderr.on("data", (bytes: Uint8Array) => output.push(bytes));
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin);
  let peak = 0;
  const poll = setInterval(() => (peak = Math.max(peak, residentKiB(child.pid ?? 0))), POLL_MS);
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (status !== 0) throw new Error(`${argv.join(" ")}: status ${status}\n${Buffer.concat(output).toString()}`);
  } finally {
    clearInterval(poll);
  }
  return peak;
}

/** Resident memory of a process and all its descendants. Pages that they share count for each. */
function residentKiB(top: number): number {
  const parents = new Map<number, number>();
  const sizes = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const text = statusOf(name);
    parents.set(Number(name), Number(/^PPid:\s*(\d+)/m.exec(text)?.[1] ?? 0));
    sizes.set(Number(name), Number(/^VmRSS:\s*(\d+)/m.exec(text)?.[1] ?? 0));
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (pid === top || isBelow(parents.get(pid)));
  return [...sizes].filter(([pid]) => isBelow(pid)).reduce((sum, [, size]) => sum + size, 0);
}

function statusOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "latin1");
  } catch {
    return ""; // has ended
  }
}

/** Runs a program that is not measured. @throws Error */
export function must(argv: readonly string[]): string {
  const [name = "", ...args] = argv;
  const { status, stdout, stderr } = spawnSync(name, args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`${argv.join(" ")}: status ${status}\n${stdout}${stderr}`);
  return stdout;
}
