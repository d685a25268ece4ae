/**
 * FileIn through a disk: prepares one where that pays, and watches that the file stays as it was. Everything that speaks against
 * a disk (a small file, a pipe, a foreign daemon, a qemu that refuses) leaves the source as it was for chunks.
 */
import { encodeRuns, type DataRun } from "../../schemas/index.ts";
import type { Call } from "../call-message.ts";
import { GuestfsError } from "../errors.ts";
import type { OpenSource, SourceFile } from "../file-source.ts";
import { HostCommandError } from "../host-command.ts";
import { dataRuns } from "./data-runs.ts";
import type { PluggedDisk } from "./disks.ts";
import type { BulkLink } from "./link.ts";
import { spool } from "./spool.ts";

export interface UploadDisk {
  /** To be called when the daemon has replied. Never throws. */
  unplug(): Promise<void>;
  /** @throws GuestfsError EIO when the file's size is no longer what was read */
  checkSource(): Promise<void>;
}

export interface PreparedSource {
  /** What is to be read for chunks; to be closed in any case. */
  readonly input: OpenSource;
  /** Prepared, the daemon told: the call must follow. */
  readonly disk: UploadDisk | undefined;
}

/** @param next gives the source's next piece @throws the signal's reason; ProtocolError, the connection's end error */
export async function prepareSource(
  call: Call,
  bulk: BulkLink,
  given: OpenSource,
  next: () => Promise<IteratorResult<Uint8Array>>,
): Promise<PreparedSource> {
  const { leastBytes } = bulk.options;
  if (given.file !== undefined && given.sizeHint < leastBytes) return { input: given, disk: undefined };
  if (!(await bulk.isKnown(call))) return { input: given, disk: undefined };
  const input = given.file === undefined ? await spool(given, next, bulk.options) : given;
  try {
    const { file, sizeHint: size } = input;
    return { input, disk: file === undefined ? undefined : await prepareDisk(call, bulk, file, size) };
  } catch (error) {
    if (input !== given) await input.close();
    throw error;
  }
}

async function prepareDisk(
  call: Call,
  bulk: BulkLink,
  file: SourceFile,
  size: bigint,
): Promise<UploadDisk | undefined> {
  const runs = await runsOf(call, bulk, file);
  call.signal?.throwIfAborted();
  const plugged = await plug(bulk, file);
  if (plugged === undefined) return undefined;
  if (!(await bulk.prepareIn(call, plugged.target, size, encodeRuns(runs ?? [])))) {
    await plugged.unplug();
    return undefined;
  }
  return {
    unplug: () => plugged.unplug(),
    async checkSource() {
      const { size: now } = await file.handle.stat({ bigint: true });
      if (now === size) return;
      const reason = `${file.path}: its size changed from ${size} to ${now} while it was read`;
      throw new GuestfsError(call.name, "EIO", reason);
    },
  };
}

async function runsOf(call: Call, bulk: BulkLink, { handle }: SourceFile): Promise<readonly DataRun[] | undefined> {
  try {
    return await dataRuns(handle, await handle.stat(), bulk.options.env, call.signal);
  } catch (error) {
    // Then holes are read as zeroes.
    if (error instanceof HostCommandError || error instanceof SyntaxError || error instanceof TypeError)
      return undefined;
    throw error;
  }
}

async function plug(bulk: BulkLink, { handle }: SourceFile): Promise<PluggedDisk | undefined> {
  try {
    return await bulk.options.disks.plug(handle, "read");
  } catch {
    // A file that only this process may read, for example. An end of qemu is met by the call.
    return undefined;
  }
}
