/** How an appliance ends, wanted or not: the errors of calls that it leaves behind, its time limits, its shutdown. */
import { LaunchError } from "./errors.ts";
import type { ExitStatus } from "./launch-direct.ts";
import { launchFailure, type RunningAppliance } from "./launch.ts";
import { members } from "./members.ts";
import type { Qmp } from "./qmp.ts";

/** How long qemu may take to write everything out after SIGTERM, ms. */
const SHUTDOWN_MS = 60_000;

/** Why a call ended with the stream: qemu is gone, or is about to be. */
export async function endError(appliance: RunningAppliance, action: string): Promise<LaunchError> {
  const late = setTimeout(() => appliance.qemu.kill("SIGKILL"), 5000);
  const status = await appliance.qemu.ended;
  clearTimeout(late);
  if (action === "launch") return launchFailure(appliance.log, status);
  const console = appliance.log.lastLines();
  return new LaunchError(
    "appliance-ended",
    `${action}: the appliance ended in the middle of the call (qemu: ${status})`,
    { console },
  );
}

/** Waits for work with the appliance, which is killed at the limit. @throws LaunchError launch-timeout */
export async function withLimit(limitMs: number, appliance: RunningAppliance, work: Promise<void>): Promise<void> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    appliance.qemu.kill("SIGKILL");
  }, limitMs);
  try {
    await work;
  } catch (error) {
    if (!late) throw error;
    const console = appliance.log.lastLines();
    throw new LaunchError("launch-timeout", `launch: not ready after ${limitMs / 1000} s`, { console, cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Ends qemu, which writes everything out.
 *
 * @throws LaunchError shutdown-failed, also when a disk has not taken what the guest wrote: its kernel writes files late, and tells
 * no program of an error then
 */
export async function endQemu({ qemu, qmp, log }: RunningAppliance): Promise<void> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    qemu.kill("SIGKILL");
  }, SHUTDOWN_MS);
  const lost = await lostWrites(qmp).catch(() => undefined);
  qemu.kill("SIGTERM");
  const status = await qemu.ended;
  clearTimeout(timer);
  const reason = late ? `qemu did not end within ${SHUTDOWN_MS / 1000} s` : shutdownProblem(status, lost);
  if (reason !== undefined)
    throw new LaunchError("shutdown-failed", `shutdown: ${reason}`, { console: log.lastLines() });
}

function shutdownProblem(status: ExitStatus, lost: number | undefined): string | undefined {
  if (status !== 0) return `qemu ended with ${status}`;
  if (lost === undefined) return "qemu does not say whether the disks took everything";
  return lost === 0 ? undefined : `${lost} writes to the disks have failed`;
}

/** Writes and flushes of the guest that failed on the host. @throws LaunchError; TypeError for an answer of another form */
async function lostWrites(qmp: Qmp): Promise<number> {
  const disks = await qmp.execute("query-blockstats");
  if (!Array.isArray(disks)) throw new TypeError("query-blockstats: not a list");
  let failed = 0;
  for (const disk of disks) failed += failedOf(disk);
  return failed;
}

function failedOf(disk: unknown): number {
  const { failed_wr_operations: writes, failed_flush_operations: flushes } = members(members(disk)["stats"]);
  if (typeof writes !== "number" || typeof flushes !== "number") throw new TypeError("query-blockstats: another form");
  return writes + flushes;
}
