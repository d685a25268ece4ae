/**
 * Restores a VM from a template: qemu maps its memory copy-on-write, reads the devices' state, gets the guest's disks plugged in,
 * and the init inside is told the time, fresh random bytes and how many disks to look for. The daemon's launch flag, which
 * follows, is the caller's to wait for.
 */
import { randomBytes } from "node:crypto";
import { closeSync, openSync } from "node:fs";

import type { ConsoleLog } from "../console-log.ts";
import { drivePlug, type PreparedDrive } from "../drive.ts";
import { LaunchError } from "../errors.ts";
import { startQemu, type QemuProcess, type QemuSockets } from "../launch-direct.ts";
import { FD, restoreArguments, type Machine } from "../qemu-command.ts";
import { Qmp } from "../qmp.ts";
import type { Environment } from "../settings.ts";
import { capability, hasEnded, isCompleted } from "./make.ts";
import type { Template } from "./store.ts";

export interface RestoreOptions {
  readonly hv: string;
  readonly machine: Machine;
  readonly template: Template;
  readonly drives: readonly PreparedDrive[];
  readonly env: Environment;
  readonly tmpdir: string;
  readonly log: ConsoleLog;
  readonly pgroup: boolean;
}

const ENTROPY_BYTES = 64;

/** Starts qemu with the template's state still to come; {@link resume} goes on. @throws LaunchError */
export async function startRestored(options: RestoreOptions): Promise<QemuProcess> {
  const { hv, machine, template, drives } = options;
  const state = openSync(template.state, "r");
  try {
    return await startQemu([hv, ...restoreArguments(machine, drives, template.memory)], { ...options, state });
  } finally {
    closeSync(state);
  }
}

/**
 * Lets the restored VM run, with its disks.
 *
 * @param drives to be plugged in
 * @param diskCount with those that qemu has from its command line
 * @throws LaunchError
 */
export async function resume(
  sockets: Pick<QemuSockets, "qmp" | "restore">,
  drives: readonly PreparedDrive[],
  diskCount: number = drives.length,
): Promise<Qmp> {
  const qmp = new Qmp(sockets.qmp);
  const completed = qmp.event(hasEnded);
  const prepared = Promise.all([
    qmp.execute("qmp_capabilities"),
    qmp.execute("migrate-set-capabilities", { capabilities: [capability("x-ignore-shared"), capability("events")] }),
    qmp.execute("migrate-incoming", { uri: `fd:${FD.state}` }),
  ]);
  // Both fail when qemu ends; one of them is awaited first.
  completed.catch(() => undefined);
  await prepared;
  if (!isCompleted(await completed)) throw new LaunchError("launch-failed", "qemu could not read the template's state");
  const plugged = drives.map((drive, index) => qmp.execute("device_add", drivePlug(drive, index).device));
  await Promise.all([...plugged, qmp.execute("cont")]);
  // As late as can be: the time in it ages until the guest has read it.
  sockets.restore.write(restoreOrder(diskCount));
  return qmp;
}

/** What appliance/init/template.c reads. */
function restoreOrder(disks: number): Uint8Array {
  const now = BigInt(Date.now());
  const line = `restore ${now / 1000n} ${(now % 1000n) * 1_000_000n} ${disks}\n`;
  return Buffer.concat([Buffer.from(line), randomBytes(ENTROPY_BYTES)]);
}
