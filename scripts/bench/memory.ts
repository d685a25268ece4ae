/** Resident memory of a program and all its descendants, and what of it is the memory of their guests. */
import { readdirSync, readFileSync } from "node:fs";

/** A mapping of the template's file is a guest's memory: "from-to perms ... /.../template/KEY/memory". */
const GUEST_MEMORY = /^[0-9a-f]+-[0-9a-f]+ .*\/template\/[0-9a-f]+\/memory$/;
const MAPPING = /^[0-9a-f]+-[0-9a-f]+ /;

/** Process numbers of a process and all below it. */
export function treeOf(top: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (/^\d+$/.test(name)) parents.set(Number(name), field(read(Number(name), "status"), "PPid"));
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (pid === top || isBelow(parents.get(pid)));
  return [...parents.keys()].filter(isBelow);
}

/** KiB. Pages that processes share count for each. */
export function residentOf(pids: readonly number[]): number {
  return sum(pids.map((pid) => field(read(pid, "status"), "VmRSS")));
}

/** KiB of guest memory that is resident; only of guests that were restored from a template. */
export function guestMemoryOf(pids: readonly number[]): number {
  return sum(pids.map((pid) => guestMemoryIn(read(pid, "smaps"))));
}

function guestMemoryIn(smaps: string): number {
  let found = 0;
  let inside = false;
  for (const line of smaps.split("\n")) {
    if (MAPPING.test(line)) inside = GUEST_MEMORY.test(line);
    else if (inside && line.startsWith("Rss:")) found += field(line, "Rss");
  }
  return found;
}

function field(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(text)?.[1] ?? 0);
}

/** "" for a process that has ended. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
