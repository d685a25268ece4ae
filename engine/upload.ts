/**
 * FileIn: the call, then the file in chunks, then the reply. The daemon may cancel (CANCEL_FLAG) while we send; we cancel
 * (chunk with cancel = 1) when the local file fails or the caller aborts (facts/protocol.md §6). Or through a disk, where that is
 * quicker (bulk/upload-disk.ts): then there are no chunks, and we cancel with CANCEL_FLAG.
 */
import {
  encodeChunk,
  frame,
  GUESTFS_MAX_CHUNK_SIZE,
  GUESTFS_STATUS_OK,
  type FileSource,
  type Message,
} from "../schemas/index.ts";
import { prepareSource, type UploadDisk } from "./bulk/upload-disk.ts";
import {
  abortsAtOnce,
  cancelTimer,
  checkCall,
  receiveReply,
  resultOf,
  sendCall,
  wrong,
  type Call,
} from "./call-message.ts";
import { openSource, type OpenSource } from "./file-source.ts";

/** Chunks sent between two looks at what the daemon says. */
const CHUNKS_PER_SEND = 8;

/** @throws as makeCall */
export async function upload(call: Call, source: FileSource): Promise<unknown> {
  checkCall(call);
  const given = await openSource(call.name, source);
  let input = given;
  try {
    let disk: UploadDisk | undefined;
    if (call.bulk !== undefined) {
      const next = (): ReturnType<typeof given.pieces.next> => abortable(call.signal, () => given.pieces.next());
      ({ input, disk } = await prepareSource(call, call.bulk, given, next));
    }
    return await (disk === undefined ? uploadChunks(call, input) : uploadDisk(call, input, disk));
  } finally {
    await input.close();
  }
}

async function uploadChunks(call: Call, input: OpenSource): Promise<unknown> {
  await sendCall(call, input.sizeHint);
  const outcome = await sendFile(call, input);
  return abortsAtOnce(call, async () => {
    const reply = await receiveReply(call);
    if (outcome === "cancelled" && reply.header.status === GUESTFS_STATUS_OK) {
      throw call.connection.break(wrong(call, "WRONG_STATUS", "success after the daemon cancelled the upload"));
    }
    return resultOf(call, reply);
  });
}

/** The file is where the daemon looks for it: only its end is sent. */
async function uploadDisk(call: Call, input: OpenSource, disk: UploadDisk): Promise<unknown> {
  const { connection, signal } = call;
  let acknowledged = (): void => undefined;
  const stop = (): void => {
    acknowledged = cancelTimer(call);
    // A connection that breaks meanwhile is met by the reader.
    connection.sendCancelFlag().catch(() => undefined);
  };
  let reply: Message;
  try {
    await sendCall(call, input.sizeHint);
    await connection.sendChunk(false);
    if (signal?.aborted === true) stop();
    signal?.addEventListener("abort", stop);
    reply = await receiveReply(call);
  } finally {
    signal?.removeEventListener("abort", stop);
    acknowledged();
    await disk.unplug();
  }
  signal?.throwIfAborted();
  const result = resultOf(call, reply);
  await disk.checkSource();
  return result;
}

async function sendFile(call: Call, input: OpenSource): Promise<"sent" | "cancelled"> {
  const { connection } = call;
  try {
    for (;;) {
      const piece = await abortable(call.signal, () => input.pieces.next());
      if (piece.done === true) break;
      for (const batch of batches(piece.value)) {
        call.signal?.throwIfAborted();
        if (mustStop(call)) return await acknowledgeCancel(call);
        await connection.send(batch);
      }
    }
    if (mustStop(call)) return await acknowledgeCancel(call);
  } catch (error) {
    if (connection.broken === undefined) await cancelUpload(call);
    throw error;
  }
  await connection.sendChunk(false);
  return "sent";
}

async function acknowledgeCancel({ connection }: Call): Promise<"cancelled"> {
  await connection.sendChunk(true);
  return "cancelled";
}

/** Whether to stop sending: the daemon cancels, or is gone (then waiting for its reply says how). */
function mustStop(call: Call): boolean {
  const unit = call.connection.poll();
  if (unit === undefined) return call.connection.ended;
  if (unit.type === "cancel") return true;
  throw call.connection.break(wrong(call, "UNEXPECTED_FLAG", "reply while the file is being sent"));
}

/** Tells the daemon that no more will come; its reply says nothing new and is dropped. */
async function cancelUpload(call: Call): Promise<void> {
  const acknowledged = cancelTimer(call);
  try {
    await call.connection.sendChunk(true);
    await receiveReply(call);
  } finally {
    acknowledged();
  }
}

/** Waits for a piece of the source; the abort does not wait for a source that gives none. */
async function abortable<T>(signal: AbortSignal | undefined, next: () => Promise<T>): Promise<T> {
  if (signal === undefined) return next();
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    // The reason may be anything; the caller must meet the very thing it gave.
    stop = () => reject(signal.reason as Error);
    signal.addEventListener("abort", stop);
  });
  try {
    return await Promise.race([next(), aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** The piece as framed chunks, several to a send. */
function* batches(piece: Uint8Array): Generator<Uint8Array> {
  const size = CHUNKS_PER_SEND * GUESTFS_MAX_CHUNK_SIZE;
  for (let start = 0; start < piece.length; start += size) {
    yield Buffer.concat([...chunks(piece.subarray(start, start + size))]);
  }
}

function* chunks(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += GUESTFS_MAX_CHUNK_SIZE) {
    yield frame(encodeChunk({ cancel: false, data: bytes.subarray(start, start + GUESTFS_MAX_CHUNK_SIZE) }));
  }
}
