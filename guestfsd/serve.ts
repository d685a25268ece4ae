/**
 * The main loop: one call at a time, from the channel to dispatch and back, with file streams, cancellation in both
 * directions and progress (facts/protocol.md §4 to §7). What the actions do is none of its business.
 */
import {
  encodeError,
  encodeHeader,
  flagWord,
  frame,
  GUESTFS_DIRECTION_CALL,
  GUESTFS_LAUNCH_FLAG,
  GUESTFS_PROGRAM,
  GUESTFS_PROTOCOL_VERSION,
  GUESTFS_STATUS_ERROR,
  GUESTFS_STATUS_OK,
  ProtocolError,
  replyHeader,
  splitMessage,
  type Hole,
  type Message,
  type MessageHeader,
} from "../schemas/index.ts";
import { BulkIn, BulkOut, takeBulk } from "./bulk.ts";
import type { Channel } from "./channel.ts";
import type { BulkDisk, Commands, Context, Devices, Kept, Sysroot } from "./context.ts";
import { carriesFileIn, dispatch, type Procedure } from "./dispatch.ts";
import { ActionError, fromSystem } from "./errors.ts";
import { BulkFile, ChannelFile, filled, type FileIn } from "./file-in.ts";
import { resumed, sendFile } from "./file-out.ts";
import type { TreeReader } from "./native/tree.ts";
import { createProgress, type Progress } from "./progress.ts";

export interface Server {
  readonly channel: Channel;
  readonly procedures: ReadonlyMap<number, Procedure>;
  readonly sysroot: Sysroot;
  readonly command: Commands;
  /** What is attached now, for the length of a call. */
  readonly devices: () => Devices;
  readonly tree: TreeReader;
  readonly openBulkDisk: (target: number) => BulkDisk;
  readonly kept: Map<string, Kept>;
  readonly log: (message: string) => void;
  readonly nowMs: () => number;
}

/** Says that the daemon is there: the first word on the channel. */
export function announce(server: Server): void {
  server.channel.write(flagWord(GUESTFS_LAUNCH_FLAG));
}

/**
 * Serves calls until the channel ends.
 *
 * @throws ChannelClosedError when the library has gone; ProtocolError, FatalError when it makes no sense to go on
 */
export function serve(server: Server): never {
  for (;;) serveCall(server);
}

/** Serves the next call. */
export function serveCall(server: Server): void {
  const { header, body } = readCall(server.channel);
  const procedure = server.procedures.get(header.proc);
  const progress = createProgress(header, (bytes) => server.channel.write(bytes), server.nowMs);
  const bulk = takeBulk(server.kept, header.serial);
  const file = carriesFileIn(header.proc, procedure) ? fileIn(server.channel, header, progress, bulk) : undefined;
  const context = makeContext(server, procedure?.name ?? `procedure ${header.proc}`, file, progress);
  server.log(`${context.action}: called`);

  try {
    checkHeader(header);
    const outcome = dispatch(procedure, header, body, context);
    if (outcome.kind === "stream") {
      sendStream(server, header, outcome.pieces, progress, bulk instanceof BulkOut ? bulk : undefined);
      return;
    }
    file?.finish();
    progress.finish();
    reply(server.channel, header, outcome.body);
  } catch (caught) {
    const error = fromSystem(caught);
    server.log(`${context.action}: ${error.message}`);
    file?.refuse();
    progress.finish();
    replyError(server.channel, header, error);
  } finally {
    bulk?.close();
  }
}

function fileIn(
  channel: Channel,
  { progress_hint: total }: MessageHeader,
  progress: Progress,
  bulk: BulkIn | BulkOut | undefined,
): FileIn {
  return bulk instanceof BulkIn ? new BulkFile(channel, bulk, progress) : new ChannelFile(channel, total, progress);
}

function readCall(channel: Channel): Message {
  for (;;) {
    const unit = channel.next();
    if (unit.type === "data") return splitMessage(unit.bytes);
    // A cancellation that came after the last byte of the download it was meant for.
    if (unit.type !== "cancel") throw new ProtocolError("UNEXPECTED_FLAG", `${unit.type} flag instead of a call`);
  }
}

function checkHeader(header: MessageHeader): void {
  if (header.prog !== GUESTFS_PROGRAM) throw new ActionError(`wrong program (${header.prog})`);
  if (header.vers !== GUESTFS_PROTOCOL_VERSION) throw new ActionError(`wrong protocol version (${header.vers})`);
  if (header.direction !== GUESTFS_DIRECTION_CALL) throw new ActionError(`unexpected direction (${header.direction})`);
  if (header.status !== GUESTFS_STATUS_OK) throw new ActionError(`unexpected status (${header.status})`);
}

function makeContext(server: Server, action: string, file: FileIn | undefined, progress: Progress): Context {
  const { sysroot, command, devices, tree, openBulkDisk, kept, log } = server;
  const given = (): FileIn => {
    if (file === undefined) throw new TypeError(`${action}: takes no file`);
    return file;
  };
  return {
    sysroot,
    command,
    devices: devices(),
    tree,
    kept,
    action,
    log,
    openBulkDisk,
    chunks: () => filled(given().pieces()),
    file: given,
    progress: (position, total) => progress.report(position, total),
  };
}

function reply(channel: Channel, { proc, serial }: MessageHeader, body: Uint8Array): void {
  channel.write(frame(encodeHeader(replyHeader({ proc, serial })), body));
}

function replyError(channel: Channel, { proc, serial }: MessageHeader, error: ActionError): void {
  const header = encodeHeader(replyHeader({ proc, serial, status: GUESTFS_STATUS_ERROR }));
  channel.write(frame(header, encodeError(error)));
}

/**
 * Sends the file of a FileOut call. The first bytes are pulled before the reply, so that a failure at the start is an
 * ERROR reply; later ones can only be told by a cancelled chunk.
 */
function sendStream(
  server: Server,
  header: MessageHeader,
  pieces: Iterable<Uint8Array | Hole>,
  progress: Progress,
  bulk: BulkOut | undefined,
): void {
  const { channel, log } = server;
  const source = pieces[Symbol.iterator]();
  const first = source.next();
  reply(channel, header, new Uint8Array());
  sendFile(resumed([], first, source), { channel, bulk, progress, log });
}
