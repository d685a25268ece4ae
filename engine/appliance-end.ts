/** How an appliance ends, wanted or not: the errors of calls that it leaves behind, its time limits, its shutdown. */
import { LaunchError } from "./errors.ts";
import { launchFailure, type RunningAppliance } from "./launch.ts";

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

/** Ends qemu, which writes everything out. @throws LaunchError shutdown-failed */
export async function endQemu({ qemu, log }: RunningAppliance): Promise<void> {
  qemu.kill("SIGTERM");
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    qemu.kill("SIGKILL");
  }, SHUTDOWN_MS);
  const status = await qemu.ended;
  clearTimeout(timer);
  if (status === 0) return;
  const reason = late ? `qemu did not end within ${SHUTDOWN_MS / 1000} s` : `qemu ended with ${status}`;
  throw new LaunchError("shutdown-failed", `shutdown: ${reason}`, { console: log.lastLines() });
}
