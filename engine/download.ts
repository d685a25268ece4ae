/**
 * FileOut: the call, the reply, then the file in chunks. We cancel (CANCEL_FLAG) when the local file fails or the caller
 * aborts, and drop what still comes; the daemon cancels with a chunk (facts/protocol.md §6). To a host path the file may come through a disk (bulk/download-disk.ts).
 */
import { decodeChunk, type Chunk, type FileSink } from "../schemas/index.ts";
import { offerDisk, receiveOnDisk } from "./bulk/download-disk.ts";
import { cancelTimer, checkCall, receiveResult, sendCall, type Call } from "./call-message.ts";
import { GuestfsError } from "./errors.ts";
import { openSink, type OpenSink } from "./file-sink.ts";

/** @throws as makeCall */
export async function download(call: Call, target: FileSink): Promise<unknown> {
  const stop = new LocalStop(call);
  let sink: OpenSink | undefined;
  try {
    checkCall(call);
    const { bulk } = call;
    const offered = bulk !== undefined && typeof target === "string" && (await offerDisk(call, bulk));
    await sendCall(call, 0n);
    const result = await receiveResult(call);
    await stop.guard(async () => {
      sink = await openSink(call.name, target);
    });
    if (offered) {
      const length = await receiveOnDisk(
        call,
        bulk,
        () => receiveChunk(call),
        () => (stop.isStopped ? undefined : sink?.file),
      );
      if (length !== undefined) await stop.guard(() => sink?.startAt(length));
    }
    for (let chunk = await receiveChunk(call); chunk.data.length > 0; chunk = await receiveChunk(call)) {
      const { data } = chunk;
      await stop.guard(() => sink?.write(data));
    }
    stop.throwIfStopped();
    await sink?.finish();
    sink = undefined;
    return result;
  } catch (error) {
    stop.throwIfStopped();
    throw error;
  } finally {
    stop.end();
    await sink?.abandon();
  }
}

/** The first local reason to stop: an abort or a failing sink. Tells the daemon, once. */
class LocalStop {
  readonly #call: Call;
  #stopped: { readonly reason: unknown } | undefined;
  #clear = (): void => undefined;
  readonly #onAbort: () => void;

  constructor(call: Call) {
    this.#call = call;
    this.#onAbort = () => this.#stop(call.signal?.reason);
    call.signal?.addEventListener("abort", this.#onAbort);
  }

  /** Runs local work, unless there is a reason to stop already; its failure is one. */
  async guard(work: () => Promise<void> | void): Promise<void> {
    if (this.#stopped !== undefined) return;
    try {
      const pending = work();
      if (pending !== undefined) await pending;
    } catch (error) {
      this.#stop(error);
    }
  }

  get isStopped(): boolean {
    return this.#stopped !== undefined;
  }

  throwIfStopped(): void {
    if (this.#stopped !== undefined) throw this.#stopped.reason;
  }

  end(): void {
    this.#clear();
    this.#call.signal?.removeEventListener("abort", this.#onAbort);
  }

  #stop(reason: unknown): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = { reason };
    this.#clear = cancelTimer(this.#call);
    // A connection that breaks meanwhile is met by the reader.
    this.#call.connection.sendCancelFlag().catch(() => undefined);
  }
}

/** @throws GuestfsError when the daemon cancels; ProtocolError */
async function receiveChunk(call: Call): Promise<Chunk> {
  for (;;) {
    const unit = await call.connection.receive();
    if (unit.type === "cancel") continue;
    const chunk = call.connection.checked(() => decodeChunk(unit.bytes));
    if (chunk.cancel) throw new GuestfsError(call.name, "", "file receive cancelled by daemon");
    return chunk;
  }
}
