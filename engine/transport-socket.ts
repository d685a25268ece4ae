/**
 * Transport over a connected stream socket (qemu's chardev). Reading stops while more than QUEUE_MAX bytes wait, so that
 * a daemon that floods cannot fill the memory. Does not listen or connect.
 */
import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";

import { ByteQueue } from "./byte-queue.ts";
import type { Transport } from "./transport.ts";

const QUEUE_MAX = 1024 * 1024;

/** Takes over the socket: it is destroyed by close(), and its errors count as the end of the stream. */
export function socketTransport(socket: Socket): Transport {
  const queue = new ByteQueue();
  socket.on("data", (bytes) => {
    queue.push(bytes);
    if (queue.size > QUEUE_MAX) socket.pause();
  });
  socket.on("end", () => queue.end());
  socket.on("error", () => queue.end());
  socket.on("close", () => queue.end());

  const resume = (): void => {
    if (queue.size <= QUEUE_MAX && socket.isPaused()) socket.resume();
  };

  return {
    async send(bytes) {
      if (!socket.destroyed && socket.writable && !socket.write(bytes)) await drained(socket);
      // A write that the kernel takes at once never yields; without this a cancelling daemon would not be heard.
      await nextTurn();
    },
    async receive() {
      const bytes = await queue.next();
      resume();
      return bytes;
    },
    poll() {
      const bytes = queue.shift();
      resume();
      return bytes;
    },
    get ended() {
      return queue.drained;
    },
    close() {
      queue.end();
      socket.destroy();
    },
  };
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off("drain", done);
      socket.off("close", done);
      resolve();
    };
    socket.on("drain", done);
    socket.on("close", done);
  });
}
