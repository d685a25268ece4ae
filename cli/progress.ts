/** Progress on standard error: drawn in place on a terminal, plain lines otherwise. Never on standard output. */
import type { Io } from "./io.ts";

export interface Progress {
  /** A new activity, e.g. `step 3 of 12: upload /etc/motd`. */
  start(text: string): void;
  /** Bytes moved by the current activity; `total` 0 when it is not known. */
  bytes(position: number, total: number): void;
  /** Removes what is drawn. */
  end(): void;
}

const REDRAW_MS = 100;

/** @param now milliseconds, any origin */
export function createProgress(io: Io, quiet: boolean, now: () => number): Progress {
  if (quiet) return { start: () => {}, bytes: () => {}, end: () => {} };
  return io.terminal ? terminalProgress(io, now) : plainProgress(io, now);
}

function plainProgress(io: Io, now: () => number): Progress {
  const begin = now();
  return {
    start: (text) => {
      io.err(`[${seconds(now() - begin)}] ${text}\n`);
    },
    bytes: () => {},
    end: () => {},
  };
}

function terminalProgress(io: Io, now: () => number): Progress {
  const begin = now();
  let activity = "";
  let drawnAt = -REDRAW_MS;
  const draw = (detail: string): void => {
    drawnAt = now();
    io.err(`\r\u001B[K[${seconds(now() - begin)}] ${activity}${detail}`);
  };
  return {
    start: (text) => {
      activity = text;
      draw("");
    },
    bytes: (position, total) => {
      if (now() - drawnAt >= REDRAW_MS) draw(` ${bytesText(position, total)}`);
    },
    end: () => {
      io.err("\r\u001B[K");
    },
  };
}

function bytesText(position: number, total: number): string {
  const megabytes = (size: number): string => `${(size / 1_000_000).toFixed(1)} MB`;
  return total > 0 ? `${megabytes(position)} of ${megabytes(total)}` : megabytes(position);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(5)} s`;
}
