/**
 * Public face of guestfsd/ for tests and for the memory transport: a daemon without a channel of its own, that serves a
 * folder. The daemon of the appliance is main.ts.
 */
import { decodeChunk, splitMessage, type Unit } from "../schemas/index.ts";
import { createCommands } from "./command.ts";
import type { BulkDisk } from "./context.ts";
import { noDevices } from "./devices.ts";
import { carriesFileIn, createProcedures, type Handler } from "./dispatch.ts";
import { failure } from "./errors.ts";
import { MemoryChannel } from "./memory-channel.ts";
import { createTreeReader } from "./native/tree.ts";
import { announce, serveCall, type Server } from "./serve.ts";
import { createSysroot } from "./sysroot.ts";

export { ActionError } from "./errors.ts";
export { handlers } from "./actions/index.ts";

export interface DaemonOptions {
  /** Folder that stands for the guest's root. */
  readonly sysroot: string;
  /** The folder counts as mounted and is never unmounted. Default true. */
  readonly standalone?: boolean;
  /** Library that chroots programs; default $GILD_ENTER_ROOT_LIB or the appliance's path. */
  readonly enterRoot?: string;
  /** PID 1 of guest programs; default $GILD_GUEST_INIT or the appliance's path. */
  readonly guestInit?: string;
  /** Library that reads trees; default $GILD_TREE_LIB or the appliance's path. */
  readonly treeLibrary?: string;
  /** Disks for transfers; default none. */
  readonly openBulkDisk?: (target: number) => BulkDisk;
  readonly log?: (message: string) => void;
  readonly nowMs?: () => number;
  /** Handlers in place of the real ones, for tests of the protocol alone. */
  readonly handlers?: Readonly<Record<string, Handler>>;
}

/** A daemon in this process. It changes this thread's root directory during calls, so it needs CAP_SYS_CHROOT. */
export interface MemoryDaemon {
  /** What the daemon says at the start: the launch flag. */
  readonly greeting: Uint8Array;
  /**
   * Takes bytes from the library, in any pieces. Runs every call that they complete (a FileIn call when its last chunk is
   * there) and gives the daemon's bytes: empty while a call is not complete.
   *
   * @throws ProtocolError, FatalError where the daemon in the appliance would end
   */
  handle(bytes: Uint8Array): Uint8Array;
  /** Closes what calls left open (Augeas). */
  close(): void;
}

export function createDaemon(options: DaemonOptions): MemoryDaemon {
  const channel = new MemoryChannel();
  const sysroot = createSysroot({ path: options.sysroot, standalone: options.standalone ?? true });
  const { env } = process;
  const enterRoot = options.enterRoot ?? env["GILD_ENTER_ROOT_LIB"];
  const guestInit = options.guestInit ?? env["GILD_GUEST_INIT"];
  const server: Server = {
    channel,
    procedures: createProcedures(options.handlers),
    sysroot,
    command: createCommands({
      sysroot,
      env,
      ...(enterRoot === undefined ? {} : { enterRoot }),
      ...(guestInit === undefined ? {} : { guestInit }),
    }),
    devices: noDevices,
    tree: createTreeReader(options.treeLibrary ?? env["GILD_TREE_LIB"]),
    openBulkDisk: options.openBulkDisk ?? noBulkDisk,
    kept: new Map(),
    log: options.log ?? (() => undefined),
    nowMs: options.nowMs ?? (() => performance.now()),
  };
  announce(server);

  return {
    greeting: channel.takeOutput(),
    handle(bytes) {
      channel.push(bytes);
      while (isComplete(channel.units, server)) serveCall(server);
      return channel.takeOutput();
    },
    close() {
      for (const kept of server.kept.values()) kept.close();
      server.kept.clear();
    },
  };
}

/** Whether the units hold a whole call, with its file if it carries one. */
function isComplete(units: readonly Unit[], server: Server): boolean {
  const first = units.findIndex((unit) => unit.type !== "cancel");
  const call = units[first];
  if (call === undefined) return false;
  if (call.type !== "data") return true;
  const { header } = splitMessage(call.bytes);
  if (!carriesFileIn(header.proc, server.procedures.get(header.proc))) return true;
  return units.slice(first + 1).some((unit) => unit.type !== "data" || isLastChunk(unit.bytes));
}

function isLastChunk(bytes: Uint8Array): boolean {
  const { cancel, data } = decodeChunk(bytes);
  return cancel || data.length === 0;
}

function noBulkDisk(): never {
  throw failure("bulk disk", "ENODEV");
}
