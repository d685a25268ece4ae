/**
 * Who a process is, so that another can later tell whether it still lives: its number alone is used again. For lock files
 * and temporary folders that a killed process leaves behind. Sends no signals.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { basename } from "node:path";

export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since the boot. */
  readonly startTime: string;
  readonly bootId: string;
  readonly pidNamespace: string;
  readonly host: string;
}

export function thisProcess(): ProcessIdentity {
  return {
    pid: process.pid,
    startTime: startTimeOf(process.pid) ?? "",
    bootId: readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim(),
    pidNamespace: readlinkSync("/proc/self/ns/pid"),
    host: hostname(),
  };
}

/** Whether the process may still live; true also where that cannot be known from here. */
export function mayLive(other: ProcessIdentity, mine: ProcessIdentity = thisProcess()): boolean {
  if (other.host !== mine.host) return true; // shared storage
  if (other.bootId !== mine.bootId) return false;
  if (other.pidNamespace !== mine.pidNamespace) return true; // another container: its numbers mean nothing here
  return isRunning(other);
}

/**
 * False too where nothing of the process runs any more and only its parent has not asked for its status, which some first
 * process of a container never does. Its first thread may end before those that still write.
 */
function isRunning({ pid, startTime }: ProcessIdentity): boolean {
  try {
    const stat = statOf(pid);
    if (stat[19] !== startTime) return false;
    return !/^[ZX]$/u.test(stat[0] ?? "") || readdirSync(`/proc/${pid}/task`).length > 1;
  } catch {
    return false;
  }
}

/** Whether the number means the same process here. */
export function isSeen(other: ProcessIdentity, mine: ProcessIdentity = thisProcess()): boolean {
  return other.host === mine.host && other.bootId === mine.bootId && other.pidNamespace === mine.pidNamespace;
}

/** Reads what JSON.stringify() made of an identity (more members may be there); undefined for anything else. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  // Members are looked at one by one below.
  const { pid, startTime, bootId, pidNamespace, host } = value as Partial<Record<keyof ProcessIdentity, unknown>>;
  if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (typeof startTime !== "string" || typeof bootId !== "string") return undefined;
  if (typeof pidNamespace !== "string" || typeof host !== "string") return undefined;
  return { pid, startTime, bootId, pidNamespace, host };
}

const WORDS_SHOWN = 4;
const WORDS_MAX = 100;

/** The first words of a process's command line, without their folders; its name where that cannot be read. */
export function commandOf(pid: number): string {
  const words = readOr(`/proc/${pid}/cmdline`)
    .split("\0", WORDS_SHOWN)
    .map((word) => basename(word));
  const text = words.join(" ").trim() || readOr(`/proc/${pid}/comm`).trim() || "a program";
  return text.length > WORDS_MAX ? `${text.slice(0, WORDS_MAX)}...` : text;
}

/** "" for what is gone, or not ours to read. */
function readOr(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Field 22 of /proc/PID/stat; undefined when there is no such process. */
export function startTimeOf(pid: number): string | undefined {
  try {
    return statOf(pid)[19];
  } catch {
    return undefined;
  }
}

/** Fields of /proc/PID/stat from the third, the state. */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The name, field 2, may hold spaces and brackets; the last bracket ends it.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}
