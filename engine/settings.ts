/**
 * Settings of a launch: what the program gives, else the environment (`GILD_*`, named after libguestfs's LIBGUESTFS_*), else
 * the default. Reads no file.
 */
import { dirname, join, basename } from "node:path";
import { fileURLToPath } from "node:url";

import { BULK_LEAST_IN } from "../schemas/index.ts";
import type { ProgressEvent, TraceEvent } from "./client.ts";
import { LaunchError } from "./errors.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What may be set; every `GILD_` variable named here is read from `env`. */
export interface LaunchSettings {
  /** The process's environment: PATH, HOME, XDG_CACHE_HOME, TMPDIR and the GILD_ variables. */
  readonly env: Environment;
  /** Memory of the appliance, MiB; GILD_MEMSIZE. Default 1280, least 256. */
  readonly memsize?: number | undefined;
  /** Virtual processors; GILD_SMP. Default 1. */
  readonly smp?: number | undefined;
  /** Gives the appliance a network. Default false. */
  readonly network?: boolean | undefined;
  /** Hypervisor program; GILD_HV. Default qemu-system-x86_64, found through PATH. */
  readonly hv?: string | undefined;
  /** Text added to the kernel command line; GILD_APPEND. */
  readonly append?: string | undefined;
  /** Directories with an appliance, ":" between them; GILD_PATH. Default: gild's own appliance in the cache. */
  readonly path?: string | undefined;
  /** Where temporary files go; GILD_TMPDIR, TMPDIR. Default /tmp. */
  readonly tmpdir?: string | undefined;
  /** gild's cache; GILD_CACHEDIR, XDG_CACHE_HOME/gild. Default HOME/.cache/gild. */
  readonly cachedir?: string | undefined;
  /** Accelerator; GILD_BACKEND_SETTINGS=force_tcg|force_kvm. Default: KVM when it is seen to work, else TCG. */
  readonly accelerator?: "kvm" | "tcg" | undefined;
  /** Starts from the memory of a booted appliance where it can; GILD_TEMPLATE=0 always boots. Default true. */
  readonly template?: boolean | undefined;
  /** Starts qemu in a process group of its own: a terminal's ^C is then for this program alone. Default false. */
  readonly pgroup?: boolean | undefined;
  /** Least size of a file that is uploaded through a disk attached for it, bytes; GILD_BULK. 0: no such disks at all. Default BULK_LEAST_IN. */
  readonly bulkBytes?: number | undefined;
  /** Verbose daemon and kernel; GILD_DEBUG=1. Default false. */
  readonly verbose?: boolean | undefined;
  /** Longest wait for the daemon's launch flag, ms. Default 300,000. */
  readonly launchTimeoutMs?: number | undefined;
  /** What a launch is about to do that takes longer than usual. */
  readonly onNote?: ((note: LaunchNote) => void) | undefined;
  /** Console and qemu output as it comes (bytes of the appliance: escape before showing). */
  readonly onConsole?: ((text: string) => void) | undefined;
  readonly onProgress?: ((event: ProgressEvent) => void) | undefined;
  /** Every call that ended. Whether to show it is the caller's decision (GILD_TRACE=1, see `trace`). */
  readonly onTrace?: ((event: TraceEvent) => void) | undefined;
  /** Ends the appliance at once, in any state; launch() and a call in flight reject with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface LaunchNote {
  /** `making`: the template of this kind of launch is made, once. `booting`: none can be used, and why. */
  readonly kind: "making" | "booting";
  /** One line, no final stop. */
  readonly text: string;
}

/** Settings with every default filled in. */
export interface ResolvedSettings {
  readonly env: Environment;
  readonly memsize: number;
  readonly smp: number;
  readonly network: boolean;
  readonly hv: string;
  readonly append: string;
  readonly path: string | undefined;
  readonly tmpdir: string;
  readonly cachedir: string;
  readonly accelerator: "kvm" | "tcg" | undefined;
  readonly template: boolean;
  readonly pgroup: boolean;
  readonly bulkBytes: number;
  readonly verbose: boolean;
  /** GILD_TRACE=1: the caller should show calls. */
  readonly trace: boolean;
  readonly launchTimeoutMs: number;
  /** Added to qemu's command line. */
  readonly parameters: readonly string[];
}

export const DEFAULT_MEMSIZE_MIB = 1280;
const LEAST_MEMSIZE_MIB = 256;
const MOST_SMP = 255;

/** @throws LaunchError bad-setting */
export function resolveSettings(settings: LaunchSettings): ResolvedSettings {
  const { env } = settings;
  return {
    env,
    memsize: wholeNumber("memsize", settings.memsize ?? env["GILD_MEMSIZE"], DEFAULT_MEMSIZE_MIB, LEAST_MEMSIZE_MIB),
    smp: wholeNumber("smp", settings.smp ?? env["GILD_SMP"], 1, 1, MOST_SMP),
    network: settings.network ?? false,
    hv: settings.hv ?? text(env["GILD_HV"]) ?? "qemu-system-x86_64",
    append: settings.append ?? text(env["GILD_APPEND"]) ?? "",
    path: settings.path ?? text(env["GILD_PATH"]),
    tmpdir: settings.tmpdir ?? text(env["GILD_TMPDIR"]) ?? text(env["TMPDIR"]) ?? "/tmp",
    cachedir: settings.cachedir ?? cacheDirectory(env),
    accelerator: settings.accelerator ?? backendSettings(text(env["GILD_BACKEND_SETTINGS"])),
    template: settings.template ?? truth("GILD_TEMPLATE", env["GILD_TEMPLATE"], true),
    pgroup: settings.pgroup ?? false,
    bulkBytes: wholeNumber("bulkBytes", settings.bulkBytes ?? env["GILD_BULK"], BULK_LEAST_IN, 0),
    verbose: settings.verbose ?? truth("GILD_DEBUG", env["GILD_DEBUG"]),
    trace: truth("GILD_TRACE", env["GILD_TRACE"]),
    launchTimeoutMs: settings.launchTimeoutMs ?? 300_000,
    parameters: [],
  };
}

/** gild's cache: GILD_CACHEDIR, else XDG_CACHE_HOME/gild, else HOME/.cache/gild. @throws LaunchError bad-setting */
export function cacheDirectory(env: Environment): string {
  const own = text(env["GILD_CACHEDIR"]);
  if (own !== undefined) return own;
  const shared = text(env["XDG_CACHE_HOME"]);
  if (shared !== undefined) return join(shared, "gild");
  const home = text(env["HOME"]);
  if (home === undefined) throw new LaunchError("bad-setting", "cache: HOME is not set (set HOME or GILD_CACHEDIR)");
  return join(home, ".cache", "gild");
}

/** The package's dist/ folder, both from a bundle in it and from the sources beside it. */
export function distDirectory(moduleUrl: string = import.meta.url): string {
  const here = dirname(fileURLToPath(moduleUrl));
  return basename(here) === "engine" ? join(here, "..", "dist") : here;
}

function text(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

function truth(name: string, value: string | undefined, fallback = false): boolean {
  if (value === undefined || value === "") return fallback;
  if (value === "0") return false;
  if (value === "1") return true;
  throw new LaunchError("bad-setting", `${name}: ${value}: not 0 or 1`);
}

function wholeNumber(
  name: string,
  value: string | number | undefined,
  fallback: number,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  if (value === undefined || value === "") return fallback;
  const number = typeof value === "number" ? value : Number(value);
  if (Number.isSafeInteger(number) && number >= least && number <= most) return number;
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
  throw new LaunchError("bad-setting", `${name}: ${value}: not a whole number of ${range}`);
}

function backendSettings(value: string | undefined): "kvm" | "tcg" | undefined {
  if (value === undefined) return undefined;
  const words = value.split(":").filter((word) => word !== "");
  const unknown = words.find((word) => word !== "force_tcg" && word !== "force_kvm");
  if (unknown !== undefined) {
    throw new LaunchError("bad-setting", `GILD_BACKEND_SETTINGS: ${unknown}: not force_tcg or force_kvm`);
  }
  return words.at(-1) === "force_kvm" ? "kvm" : "tcg";
}
