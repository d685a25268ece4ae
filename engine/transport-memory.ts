/**
 * Transport to a daemon in this process: no socket, no VM, the real bytes. The daemon is handed in (engine may not import
 * guestfsd); tests use it.
 */
import { setImmediate as nextTurn } from "node:timers/promises";

import { ByteQueue } from "./byte-queue.ts";
import type { Transport } from "./transport.ts";

/** What createDaemon() of guestfsd gives. */
export interface MemoryDaemon {
  /** What the daemon says first: the launch flag. */
  readonly greeting: Uint8Array;
  /** Takes bytes in any pieces, synchronously; gives the replies of the calls that they complete. Throws where a real daemon would end. */
  handle(bytes: Uint8Array): Uint8Array;
}

/** A daemon that throws has ended: the stream ends. Does not close the daemon. */
export function memoryTransport(daemon: MemoryDaemon): Transport {
  const queue = new ByteQueue();
  queue.push(daemon.greeting);
  return {
    async send(bytes) {
      if (!queue.ended) {
        try {
          queue.push(daemon.handle(bytes));
        } catch {
          queue.end();
        }
      }
      await nextTurn();
    },
    receive: () => queue.next(),
    poll: () => queue.shift(),
    get ended() {
      return queue.drained;
    },
    close: () => queue.end(),
  };
}
