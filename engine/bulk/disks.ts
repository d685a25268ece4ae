/**
 * Disks for single transfers: a file of the host is plugged into the running appliance over QMP, on a SCSI target far from the
 * guest's disks, and unplugged again. qemu opens the very file that is open here, whatever its name stands for by now. What goes
 * over the wire besides is transfer.ts's matter.
 */
import type { FileHandle } from "node:fs/promises";

import { BULK_TARGETS } from "../../schemas/index.ts";
import type { Qmp } from "../qmp.ts";

export interface PluggedDisk {
  /** SCSI target. */
  readonly target: number;
  /** Takes the disk out, which the daemon has let go. Never throws. */
  unplug(): Promise<void>;
}

export class BulkDisks {
  readonly #qmp: Qmp;
  #target: number = BULK_TARGETS[0];
  #count = 0;

  constructor(qmp: Qmp) {
    this.#qmp = qmp;
  }

  /** Where the next disk will be. */
  get target(): number {
    return this.#target;
  }

  /** @param file stays open until the disk is unplugged @throws LaunchError when qemu cannot open it, or has ended */
  async plug(file: FileHandle, access: "read" | "write"): Promise<PluggedDisk> {
    const target = this.#target;
    this.#count += 1;
    const node = `bulk${this.#count}`;
    const [added, plugged] = await Promise.allSettled([
      this.#qmp.execute("blockdev-add", blockNode(node, file.fd, access)),
      this.#qmp.execute("device_add", scsiDisk(node, target)),
    ]);
    if (plugged.status === "fulfilled") return { target, unplug: () => this.#unplug(node) };
    if (added.status === "fulfilled") await this.#qmp.execute("blockdev-del", { "node-name": node });
    throw added.status === "rejected" ? added.reason : plugged.reason;
  }

  async #unplug(node: string): Promise<void> {
    try {
      await unplug(this.#qmp, node);
    } catch {
      // A target that something is still at is not used again.
      this.#target = BULK_TARGETS[1];
    }
  }
}

/** Nothing but zeroes: what the daemon exercises itself on before a template is taken of it, and which is then unplugged. */
export const REHEARSAL_DISK = {
  node: { driver: "null-co", "node-name": "bulk0", size: 1024 * 1024, "read-zeroes": true },
  device: scsiDisk("bulk0", BULK_TARGETS[0]),
} as const;

/** Takes out a disk that nothing reads or writes any more. @param node name of the disk's node */
export async function unplug(qmp: Qmp, node: string): Promise<void> {
  const id = deviceId(node);
  const deleted = qmp.event((name, { device }) => name === "DEVICE_DELETED" && device === id);
  // qemu keeps the file open for some 50 ms more, which nobody has to wait for.
  deleted.then(() => qmp.execute("blockdev-del", { "node-name": node })).catch(() => undefined);
  await qmp.execute("device_del", { id });
}

function deviceId(node: string): string {
  return `scsi-${node}`;
}

/** No lock: the file may be in use, as a disk too; who reads a file that changes meanwhile gets an error (transfer.ts). */
function blockNode(node: string, fd: number, access: "read" | "write"): Record<string, unknown> {
  const readOnly = access === "read";
  return {
    driver: "raw",
    "node-name": node,
    "read-only": readOnly,
    cache: { direct: false, "no-flush": true },
    file: {
      driver: "file",
      filename: `/proc/${process.pid}/fd/${fd}`,
      "read-only": readOnly,
      locking: "off",
      cache: { direct: false, "no-flush": true },
    },
  };
}

/** By default qemu would stop the appliance when the host's disk is full. */
function scsiDisk(node: string, target: number): Record<string, unknown> {
  return {
    driver: "scsi-hd",
    id: deviceId(node),
    bus: "scsi.0",
    "scsi-id": target,
    drive: node,
    rerror: "report",
    werror: "report",
  };
}
