/**
 * FileOut through a disk: the file that is to be written is plugged in as a disk when the daemon has enough for one, so that the
 * bytes land where they belong. What does not go that way comes in chunks after it.
 */
import type { FileHandle } from "node:fs/promises";

import { BULK_CHUNKS, BULK_DISK, ProtocolError, type Chunk } from "../../schemas/index.ts";
import type { Call } from "../call-message.ts";
import type { PluggedDisk } from "./disks.ts";
import type { BulkLink } from "./link.ts";

/** Size of the disk: of what is written there, the file has as much as it needs. */
const DISK_BYTES = 4 * 1024 ** 4;
const LENGTH_SIZE = 8;

/** Offers a disk for the file of this call. @returns whether receiveOnDisk() must follow the reply */
export async function offerDisk(call: Call, bulk: BulkLink): Promise<boolean> {
  return (await bulk.isKnown(call)) && (await bulk.prepareOut(call, bulk.options.disks.target));
}

/**
 * Receives what goes through a disk; the caller receives the chunks that follow.
 *
 * @param receive gives the next chunk; throws what ends the transfer
 * @param file gives the file to write; undefined when the transfer is being cancelled
 * @returns bytes that the file then has; undefined when all comes in chunks
 */
export async function receiveOnDisk(
  call: Call,
  bulk: BulkLink,
  receive: () => Promise<Chunk>,
  file: () => FileHandle | undefined,
): Promise<bigint | undefined> {
  const { data } = await receive();
  if (data.length !== 1 || (data[0] !== BULK_CHUNKS && data[0] !== BULK_DISK)) throw wrong(call, "no way of transfer");
  const target = file();
  // The daemon that waits for an answer meets the cancellation instead.
  if (data[0] === BULK_CHUNKS || target === undefined) return undefined;
  const disk = await plug(bulk, target);
  let length: bigint | undefined;
  try {
    await call.connection.sendChunk(false, Uint8Array.of(disk === undefined ? BULK_CHUNKS : BULK_DISK));
    if (disk !== undefined) length = await receiveLength(call, receive);
    return length;
  } finally {
    await disk?.unplug();
    if (disk !== undefined && length === undefined) await target.truncate(0).catch(() => undefined);
  }
}

async function receiveLength(call: Call, receive: () => Promise<Chunk>): Promise<bigint> {
  const { data } = await receive();
  const length = data.length === LENGTH_SIZE ? Buffer.from(data).readBigUInt64BE() : -1n;
  if (length < 0n || length > DISK_BYTES) throw wrong(call, "no length of what is on the disk");
  return length;
}

async function plug(bulk: BulkLink, file: FileHandle): Promise<PluggedDisk | undefined> {
  try {
    if (!(await file.stat()).isFile()) return undefined;
    await file.truncate(DISK_BYTES);
    return await bulk.options.disks.plug(file, "write");
  } catch {
    await file.truncate(0).catch(() => undefined);
    return undefined;
  }
}

function wrong(call: Call, what: string): Error {
  return call.connection.break(new ProtocolError("BAD_CHUNK", `${call.name}: ${what}`));
}
