/** Pace of progress messages (facts/protocol.md §2): none in the first two seconds, then at most three a second. */
import { progressUnit, type MessageHeader } from "../schemas/index.ts";

const FIRST_AFTER_MS = 2000;
const INTERVAL_MS = 333;

export interface Progress {
  report(position: number | bigint, total: number | bigint): void;
  /** At the end of a call: position and total alike, if anything was reported before. */
  finish(): void;
}

export function createProgress(
  header: MessageHeader,
  write: (bytes: Uint8Array) => void,
  nowMs: () => number,
): Progress {
  const { proc, serial } = header;
  let due = nowMs() + FIRST_AFTER_MS;
  let last: { readonly position: bigint; readonly total: bigint } | undefined;

  function send(position: bigint, total: bigint): void {
    write(progressUnit({ proc, serial, position, total }));
    last = { position, total };
  }

  return {
    report(position, total) {
      const now = nowMs();
      if (now < due) return;
      due = now + INTERVAL_MS;
      send(BigInt(position), BigInt(total));
    },
    finish() {
      if (last !== undefined && last.position < last.total) send(last.total, last.total);
    },
  };
}
