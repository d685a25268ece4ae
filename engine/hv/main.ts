/**
 * The program that the wrapper (gild-hv) starts for a launch: `gild-hv.js PID HYPERVISOR ARGUMENTS...`. Writes what the process PID
 * is to become, as shell text, to standard output and closes that; then, where it becomes a VM to be restored, gives the VM its
 * orders. Ends with that process. Each outcome is a line in the file GILD_HV_LOG, if that is set.
 */
import { appendFileSync, closeSync, openSync, writeSync } from "node:fs";
import { rm } from "node:fs/promises";

import { messageOf } from "../errors.ts";
import { startTimeOf } from "../process-identity.ts";
import { resolveSettings, type Environment } from "../settings.ts";
import { resume } from "../template/restore.ts";
import { makeTemporaryFolder, sweepTemporaryFolders } from "../temporary-folder.ts";
import { arrangeMeeting } from "./meeting.ts";
import { planLaunch, type Plan, type RestorePlan } from "./plan.ts";
import { heard, RESTORE_MS, withdrawProof } from "./proof.ts";
import { shellText } from "./shell.ts";

const STDOUT = 1;
const WATCH_MS = 100;
/** sun_path holds 108 bytes; the rest is for our folder and the socket in it. */
const SHORT_PATH_MAX = 70;

async function main([pidText = "", hv = "", ...args]: readonly string[], env: Environment): Promise<void> {
  const pid = Number(pidText);
  const log = (text: string): void => note(env, pid, text);
  const abort = new AbortController();
  watch(pid, abort);
  try {
    const { tmpdir } = resolveSettings({ env });
    const parent = Buffer.byteLength(tmpdir) <= SHORT_PATH_MAX ? tmpdir : "/tmp";
    const folder = await makeTemporaryFolder(parent);
    try {
      const plan = await planLaunch({ hv, args, env, tmpdir: folder, signal: abort.signal });
      await carryOut(plan, { folder, pid, abort, log });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    await sweepTemporaryFolders(parent);
  } catch (error) {
    // Where nothing was said the wrapper starts qemu as libguestfs wanted it.
    log(`failed: ${messageOf(error)}`);
  }
}

interface Surroundings {
  readonly folder: string;
  readonly pid: number;
  readonly abort: AbortController;
  readonly log: (text: string) => void;
}

async function carryOut(plan: Plan, around: Surroundings): Promise<void> {
  if (plan.restore !== undefined) {
    await restore(plan, plan.restore, around);
    return;
  }
  say(shellText(plan, []));
  around.log(`${plan.kind}: ${plan.reason}`);
}

/** @throws LaunchError; the signal's reason */
async function restore(
  plan: Plan,
  { template, diskCount, argv }: RestorePlan,
  { folder, pid, abort, log }: Surroundings,
): Promise<void> {
  const meeting = await arrangeMeeting(folder);
  const timer = setTimeout(() => abort.abort(new Error(`no answer for ${RESTORE_MS / 1000} s`)), RESTORE_MS);
  const aborted = new Promise<never>((_resolve, reject) => {
    abort.signal.addEventListener("abort", () => reject(abort.signal.reason));
  });
  try {
    say(shellText(plan, argv(meeting.options)));
    const sockets = await Promise.race([meeting.sockets, aborted]);
    await Promise.race([Promise.all([heard(sockets.restore), resume(sockets, [], diskCount)]), aborted]);
    log(`restored: ${diskCount} disks`);
  } catch (error) {
    // A disk that another program writes to, for example; whether it was the template shows the next trial.
    withdrawProof(template);
    // It would wait for ever. A guestfish that waits for it hears of its end.
    if (startTimeOf(pid) !== undefined) process.kill(pid, "SIGKILL");
    throw error;
  } finally {
    clearTimeout(timer);
    meeting.close();
  }
}

/** Hands the plan over: the wrapper reads up to the end, so it must not be held open. */
function say(text: string): void {
  writeSync(STDOUT, text);
  closeSync(STDOUT);
  // Nothing else that is opened may get its number.
  openSync("/dev/null", "w");
}

/** Aborts when the process has ended. */
function watch(pid: number, abort: AbortController): void {
  const started = startTimeOf(pid);
  setInterval(() => {
    if (startTimeOf(pid) !== started) abort.abort(new Error("the process that was to become qemu has ended"));
  }, WATCH_MS).unref();
}

function note(env: Environment, pid: number, text: string): void {
  const { GILD_HV_LOG: file = "" } = env;
  if (file !== "") appendFileSync(file, `${pid} ${text.replaceAll("\n", " ")}\n`);
}

void main(process.argv.slice(2), process.env);
