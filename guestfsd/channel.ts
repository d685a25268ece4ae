/**
 * The byte channel to the library: units in, bytes out, blocking. Two kinds: a descriptor (virtio-serial port, socket) and
 * memory (tests). Knows frames, not messages.
 */
import { fstatSync, openSync, readdirSync, readFileSync, readSync, writeSync } from "node:fs";

import { FrameDecoder, type Unit } from "../schemas/index.ts";
import { errnoCode, FatalError } from "./errors.ts";
import { poll, POLLIN, POLLOUT } from "./native/libc.ts";
import { acceptOnce } from "./native/socket.ts";

/** The library has gone for good (end of a socket). Ends the daemon, no failure. */
export class ChannelClosedError extends FatalError {
  override readonly name = "ChannelClosedError";
}

export interface Channel {
  /**
   * The next unit; waits for it.
   *
   * @throws ChannelClosedError, ProtocolError
   */
  next(): Unit;
  /** Takes the next unit off the channel if it is there already and is CANCEL_FLAG. Does not wait. */
  takeCancel(): boolean;
  /** Writes all bytes; waits until they are taken. */
  write(bytes: Uint8Array): void;
}

const PORT_NAME = "org.libguestfs.channel.0";
const PORT_LINK = `/dev/virtio-ports/${PORT_NAME}`;
const READ_SIZE = 64 * 1024;
const SLAB_SIZE = 4 * READ_SIZE;
const WAIT_FOR_HOST_MS = 5;

/**
 * Opens the channel.
 *
 * @param where a path, `fd:N`, or undefined for the virtio-serial port of libguestfs
 */
export function openChannel(where?: string): Channel {
  const [, number] = /^fd:(\d+)$/.exec(where ?? "") ?? [];
  const fd = number === undefined ? openSync(where ?? findPort(), "r+") : Number(number);
  return new FdChannel(fd);
}

/** Waits for one connection on a unix socket. */
export function listenChannel(path: string): Channel {
  return new FdChannel(acceptOnce(path));
}

class FdChannel implements Channel {
  readonly #fd: number;
  /** A virtio-serial port reads as ended while the host side is closed; a later client may open it again. */
  readonly #reopens: boolean;
  #decoder = new FrameDecoder();
  #ahead: Unit | undefined;
  /**
   * Where bytes are read to, one read behind the other: a virtio-serial port gives at most a page at a time, and units are to
   * lie in one piece. Never written twice, since units borrow its bytes.
   */
  #slab: Buffer = Buffer.allocUnsafeSlow(SLAB_SIZE);
  #used = 0;

  constructor(fd: number) {
    this.#fd = fd;
    this.#reopens = fstatSync(fd).isCharacterDevice();
  }

  next(): Unit {
    const ahead = this.#ahead;
    if (ahead !== undefined) {
      this.#ahead = undefined;
      return ahead;
    }
    for (;;) {
      const unit = this.#decoder.next();
      if (unit !== undefined) return unit;
      this.#read();
    }
  }

  takeCancel(): boolean {
    if (this.#ahead !== undefined) return false;
    let unit = this.#decoder.next();
    while (unit === undefined && this.#isReadable()) {
      this.#read();
      unit = this.#decoder.next();
    }
    if (unit?.type === "cancel") return true;
    this.#ahead = unit;
    return false;
  }

  write(bytes: Uint8Array): void {
    for (let rest = bytes; rest.length > 0;) {
      try {
        rest = rest.subarray(writeSync(this.#fd, rest));
      } catch (error) {
        const code = errnoCode(error);
        if (code === "EPIPE" || code === "ECONNRESET") throw new ChannelClosedError("channel: write: closed");
        if (code !== "EAGAIN") throw new FatalError(`channel: write: ${code ?? "failed"}`, { cause: error });
        poll([{ fd: this.#fd, events: POLLOUT }], -1);
      }
    }
  }

  #isReadable(): boolean {
    const [events = 0] = poll([{ fd: this.#fd, events: POLLIN }], 0);
    return (events & POLLIN) !== 0;
  }

  /** Reads what there is into the decoder; waits for the first byte. */
  #read(): void {
    if (SLAB_SIZE - this.#used < READ_SIZE) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB_SIZE);
      this.#used = 0;
    }
    for (;;) {
      try {
        const size = readSync(this.#fd, this.#slab, this.#used, READ_SIZE, null);
        if (size > 0) {
          this.#decoder.push(this.#slab.subarray(this.#used, this.#used + size));
          this.#used += size;
          return;
        }
        if (!this.#reopens) throw new ChannelClosedError("channel: read: end of file");
        // What the last client left unfinished is no part of what the next one sends.
        if (this.#decoder.pending > 0) this.#decoder = new FrameDecoder();
        // poll(2) reports POLLHUP at once while nobody is there, so it cannot be waited on.
        poll([], WAIT_FOR_HOST_MS);
      } catch (error) {
        if (error instanceof FatalError) throw error;
        const code = errnoCode(error);
        if (code === "ECONNRESET") throw new ChannelClosedError("channel: read: closed", { cause: error });
        if (code !== "EAGAIN") throw new FatalError(`channel: read: ${code ?? "failed"}`, { cause: error });
        poll([{ fd: this.#fd, events: POLLIN }], -1);
      }
    }
  }
}

/** The port's device node: udev's link, or what sysfs calls it. */
function findPort(): string {
  const folder = "/sys/class/virtio-ports";
  for (const entry of readdirSync(folder)) {
    if (readFileSync(`${folder}/${entry}/name`, "latin1").trimEnd() === PORT_NAME) return `/dev/${entry}`;
  }
  return PORT_LINK;
}
