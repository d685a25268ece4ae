/**
 * Actions of gild's own daemon for transfers through a disk (a "bulk disk") in place of the channel: the engine attaches a file of
 * the host as a SCSI disk and says so right before the call that transfers. Not in the action table, like those of gild.ts.
 *
 * A FileIn call after gild_bulk_in has its file on the disk; the engine sends the end of file at once, and CANCEL_FLAG to stop.
 *
 * A FileOut call after gild_bulk_out begins, after its reply, with a chunk that says how the bytes come:
 *
 *     BULK_CHUNKS          as chunks, all of them
 *     BULK_DISK            through a disk, if the engine attaches one now: it answers with a chunk, BULK_DISK or BULK_CHUNKS
 *
 * Once the answer was BULK_DISK: when the last bytes are on the disk, a chunk with how many there are (u64), then what found no
 * place there (the last, incomplete sector at least) as chunks. The end of the file is the usual one in each case, and so are errors.
 */
import { defineAction } from "./action.ts";
import { buffer, int, int64 } from "./field.ts";
import { ProtocolError } from "./protocol/protocol-error.ts";
import { none } from "./result.ts";

/** Feature group of gild's own actions. */
export const GILD_GROUP = "gild";

/**
 * From these sizes on (bytes) a disk is quicker than chunks. Attaching one takes about 6 ms; under emulation an upload takes about
 * 25 ms for a MiB in chunks and 3 ms through a disk, a download 6 ms and 3 ms.
 */
export const BULK_LEAST_IN = 512 * 1024;
export const BULK_LEAST_OUT = 4 * 1024 * 1024;

/** SCSI targets of bulk disks, behind those of all drives; the second one where the first cannot be had. */
export const BULK_TARGETS = [255, 254] as const;

/** Sectors of a bulk disk, bytes. */
export const BULK_SECTOR = 512;

/** How the bytes of a FileOut call come; one byte. */
export const BULK_CHUNKS = 0;
export const BULK_DISK = 1;

/** Bytes `[start, end)` of a file that are data; between runs are holes. */
export interface DataRun {
  readonly start: bigint;
  readonly end: bigint;
}

const RUN_SIZE = 16;

/** start:u64 end:u64 of each run, big-endian. */
export function encodeRuns(runs: readonly DataRun[]): Uint8Array {
  const bytes = new Uint8Array(RUN_SIZE * runs.length);
  const view = new DataView(bytes.buffer);
  for (const [index, { start, end }] of runs.entries()) {
    view.setBigUint64(RUN_SIZE * index, start);
    view.setBigUint64(RUN_SIZE * index + 8, end);
  }
  return bytes;
}

/**
 * @param size of the file, bytes
 * @throws ProtocolError BAD_BODY for runs that overlap, are empty, in no order, or begin in the middle of a sector
 */
export function decodeRuns(bytes: Uint8Array, size: bigint): DataRun[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const runs: DataRun[] = [];
  let least = 0n;
  for (let at = 0; at < bytes.length; at += RUN_SIZE) {
    if (at + RUN_SIZE > bytes.length) throw new ProtocolError("BAD_BODY", "data runs: cut off");
    const run = { start: view.getBigUint64(at), end: view.getBigUint64(at + 8) };
    if (run.start < least || run.end <= run.start || run.end > size || run.start % BigInt(BULK_SECTOR) !== 0n) {
      throw new ProtocolError("BAD_BODY", `data runs: ${run.start} to ${run.end} of ${size}`);
    }
    runs.push(run);
    least = run.end;
  }
  return runs;
}

const own = { effect: "config", group: GILD_GROUP, errors: [], since: "", tests: [], ret: none() } as const;
const testedIn = "tests/guestfsd/bulk.test.ts";

const serial = int64("Serial number of the next call; if another one comes, it has nothing to do with the disk.");

export const bulkActions = {
  gild_bulk_in: defineAction({
    ...own,
    proc: 0x6100,
    summary: "take the file of the next call from a disk",
    description:
      "Looks for a disk at a SCSI target and takes the file of the next call, which must be a FileIn call, from it. After that call the disk is " +
      "let go. ENODEV: there is no such disk; EINVAL: it is smaller than the file.",
    args: {
      serial,
      target: int("SCSI target."),
      size: int64("Bytes of the file; the disk may have more."),
      runs: buffer("Where the file's data is, as encodeRuns; empty: everywhere."),
    },
    testedIn,
  }),
  gild_bulk_out: defineAction({
    ...own,
    proc: 0x6101,
    summary: "send the file of the next call to a disk",
    description:
      "The next call, which must be a FileOut call, may send its file to a disk that is attached at a SCSI target when it asks for it.",
    args: { serial, target: int("SCSI target.") },
    testedIn,
  }),
} as const;
