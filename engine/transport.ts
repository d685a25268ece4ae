/**
 * Transport: the byte stream between client and daemon. Knows nothing of messages. Kinds: transport-socket.ts (qemu's
 * virtio-serial port behind a Unix socket) and transport-memory.ts (a daemon in this process).
 */

export interface Transport {
  /**
   * Sends all bytes; resolves when more may be sent. Borrows `bytes` until then. Gives incoming bytes a chance to arrive.
   * Resolves without effect once the peer is gone: the reader learns of that.
   */
  send(bytes: Uint8Array): Promise<void>;
  /** The next bytes of the daemon (never empty), or undefined once the stream has ended. One caller at a time. */
  receive(): Promise<Uint8Array | undefined>;
  /** Bytes that have arrived and were not received, without waiting; undefined when there are none now. */
  poll(): Uint8Array | undefined;
  /** The stream has ended and everything that came was received: the next receive() gives undefined. */
  readonly ended: boolean;
  /** Ends the stream at once; receive() then gives undefined. Idempotent. */
  close(): void;
}
