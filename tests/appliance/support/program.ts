/** Runs programs for the appliance tests: gild itself and the independent judges (guestfish, qemu-img, ...). */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";

export const projectFolder = fileURLToPath(new URL("../../..", import.meta.url));
/** Files that tests make and may keep between runs; ignored by git. */
export const workFolder = join(projectFolder, ".cache", "tests");
export const gildProgram = join(projectFolder, "dist", "gild.js");

export interface Finished {
  /** Exit status; 128 + n after signal n is not used here: null then. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly timeoutMs?: number;
}

/** Runs a program to its end; never throws for a status. Killed after `timeoutMs` (default 10 minutes). */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd ?? projectFolder,
      env: { ...process.env, ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
      timeout: options.timeoutMs ?? 600_000,
      killSignal: "SIGKILL",
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.stdin.on("error", () => {});
    child.stdin.end(options.stdin ?? "");
    child.on("error", reject);
    child.on("close", (status) => {
      resolve({ status, stdout, stderr });
    });
  });
}

/** Runs a program that must succeed and gives its standard output. */
export async function mustRun(program: string, args: readonly string[], options: ProgramOptions = {}): Promise<string> {
  const { status, stdout, stderr } = await runProgram(program, args, options);
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: status ${status}\n${stdout}\n${stderr}`);
  return stdout;
}

/** `gild ARGS` of this checkout's bundle. */
export async function gild(args: readonly string[], options: ProgramOptions = {}): Promise<Finished> {
  return runProgram(process.execPath, [gildProgram, ...args], options);
}

export async function mustGild(args: readonly string[], options: ProgramOptions = {}): Promise<string> {
  return mustRun(process.execPath, [gildProgram, ...args], options);
}

/** Environment in which Debian's libguestfs programs work here: no libvirt, no KVM; with `appliance`, on that one. */
export function libguestfsEnv(appliance?: string): Record<string, string> {
  return {
    LIBGUESTFS_BACKEND: "direct",
    LIBGUESTFS_BACKEND_SETTINGS: "force_tcg",
    ...(appliance === undefined ? {} : { LIBGUESTFS_PATH: appliance }),
  };
}

/** Debian's guestfish on Debian's own appliance: an independent judge. `commands` is a script. */
export async function debianGuestfish(image: string, commands: string, inspect = true): Promise<string> {
  const args = ["--ro", "--format=" + (image.endsWith(".raw") ? "raw" : "qcow2"), "-a", image];
  if (inspect) args.push("-i");
  return mustRun("guestfish", args, { env: libguestfsEnv(), stdin: commands });
}

export async function sha256File(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
