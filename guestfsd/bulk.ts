/**
 * Transfers through a disk, daemon side of schemas/gild-bulk.ts: gild_bulk_in and gild_bulk_out are kept until the next call, which
 * takes what they prepared. How a file comes in and goes out besides is file-in.ts and file-out.ts.
 */
import {
  BULK_SECTOR,
  decodeRuns,
  type bulkActions,
  type DataRun,
  type HandlersOf,
  type Hole,
} from "../schemas/index.ts";
import type { BulkDisk, Context, Kept } from "./context.ts";
import { ActionError } from "./errors.ts";
import { alignedBuffer } from "./native/file-range.ts";

const KEPT = "bulk";
/** Read at once: an emulated processor takes twice as long for pieces of 512 KiB. */
const PIECE = 4 * 1024 * 1024;
const GATHER = 512 * 1024;
const SECTOR = BigInt(BULK_SECTOR);

export const bulk = {
  gild_bulk_in({ serial, target, size, runs }, context) {
    // Looked at first: what fails later would leave a disk behind.
    const wanted = runs.length === 0 ? [{ start: 0n, end: size }] : decodeRuns(runs, size);
    const disk = context.openBulkDisk(target);
    if (size < 0n || size > disk.sizeBytes) {
      disk.close();
      throw new ActionError(`bulk disk: ${disk.sizeBytes} bytes do not hold ${size}`, "EINVAL");
    }
    keep(context, new BulkIn(serial, disk, size, wanted));
  },

  gild_bulk_out({ serial, target }, context) {
    keep(context, new BulkOut(serial, () => context.openBulkDisk(target)));
  },
} satisfies HandlersOf<typeof bulkActions, Context>;

/** Takes what the call before prepared for the call of this serial number; what is for another one is closed. */
export function takeBulk(kept: Map<string, Kept>, serial: number): BulkIn | BulkOut | undefined {
  const taken = kept.get(KEPT);
  kept.delete(KEPT);
  if ((taken instanceof BulkIn || taken instanceof BulkOut) && taken.serial === BigInt(serial)) return taken;
  taken?.close();
  return undefined;
}

function keep({ kept }: Context, prepared: BulkIn | BulkOut): void {
  kept.get(KEPT)?.close();
  kept.set(KEPT, prepared);
}

/** A file on a disk. */
export class BulkIn implements Kept {
  readonly ofGuest = false;
  readonly serial: bigint;
  readonly sizeBytes: bigint;
  readonly #disk: BulkDisk;
  readonly #runs: readonly DataRun[];

  constructor(serial: bigint, disk: BulkDisk, sizeBytes: bigint, runs: readonly DataRun[]) {
    this.serial = serial;
    this.#disk = disk;
    this.sizeBytes = sizeBytes;
    this.#runs = runs;
  }

  /** The file in order. A piece begins at a page, and its memory is used again for the next. */
  *pieces(): Generator<Uint8Array | Hole> {
    const buffer = alignedBuffer(sectors(this.sizeBytes < PIECE ? Number(this.sizeBytes) : PIECE));
    let position = 0n;
    for (const { start, end } of this.#runs) {
      if (start > position) yield { holeBytes: start - position };
      for (position = start; position < end;) {
        const size = end - position > PIECE ? PIECE : Number(end - position);
        this.#disk.read(position, buffer.subarray(0, sectors(size)));
        position += BigInt(size);
        yield buffer.subarray(0, size);
      }
    }
    if (position < this.sizeBytes) yield { holeBytes: this.sizeBytes - position };
  }

  close(): void {
    this.#disk.close();
  }
}

const sectors = (size: number): number => Math.ceil(size / BULK_SECTOR) * BULK_SECTOR;

/** A disk that can be had for a file. */
export class BulkOut implements Kept {
  readonly ofGuest = false;
  readonly serial: bigint;
  readonly #open: () => BulkDisk;

  constructor(serial: bigint, open: () => BulkDisk) {
    this.serial = serial;
    this.#open = open;
  }

  /** @throws ActionError when there is no disk after all */
  open(): BulkDisk {
    return this.#open();
  }

  close(): void {
    // Whoever opened the disk closes it.
  }
}

/** Puts a file on a disk by whole sectors: small pieces are gathered, large ones go to the disk as they are. */
export class BulkWriter {
  readonly #disk: BulkDisk;
  readonly #buffer = alignedBuffer(GATHER);
  #gathered = 0;
  #length = 0n;
  #failed = false;

  constructor(disk: BulkDisk) {
    this.#disk = disk;
  }

  /** Bytes on the disk; final once store() gives its first piece or ends. */
  get length(): bigint {
    return this.#length;
  }

  /** @returns what finds no place on the disk, in order: the incomplete last sector, or all from where the disk ends or fails */
  *store(pieces: Iterable<Uint8Array | Hole>): Generator<Uint8Array | Hole> {
    for (const piece of pieces) {
      const rest = "holeBytes" in piece ? this.#skip(piece.holeBytes) : this.#put(piece);
      if (rest === undefined) continue;
      yield this.#takeGathered();
      yield rest;
    }
    this.#flush();
    yield this.#takeGathered();
  }

  /** @returns what was not stored */
  #put(bytes: Uint8Array): Uint8Array | undefined {
    for (let rest = bytes; rest.length > 0;) {
      if (this.#failed) return rest;
      if (this.#gathered === 0 && rest.length >= GATHER) {
        const whole = rest.subarray(0, rest.length - (rest.length % BULK_SECTOR));
        if (this.#write(whole)) rest = rest.subarray(whole.length);
        continue;
      }
      const part = rest.subarray(0, GATHER - this.#gathered);
      this.#buffer.set(part, this.#gathered);
      this.#gathered += part.length;
      rest = rest.subarray(part.length);
      if (this.#gathered === GATHER) this.#flush();
    }
    return undefined;
  }

  /** @returns what was not skipped */
  #skip(holeBytes: bigint): Hole | undefined {
    const lead = (BULK_SECTOR - (this.#gathered % BULK_SECTOR)) % BULK_SECTOR;
    if (this.#failed) return { holeBytes };
    if (holeBytes < SECTOR + BigInt(lead)) {
      const rest = this.#put(Buffer.alloc(Number(holeBytes)));
      return rest === undefined ? undefined : { holeBytes: BigInt(rest.length) };
    }
    this.#put(Buffer.alloc(lead));
    this.#flush();
    const left = holeBytes - BigInt(lead);
    const whole = left - (left % SECTOR);
    if (this.#failed || this.#length + whole > this.#disk.sizeBytes) {
      this.#failed = true;
      return { holeBytes: left };
    }
    this.#length += whole;
    this.#put(Buffer.alloc(Number(left - whole)));
    return undefined;
  }

  /** Writes what is gathered of whole sectors. */
  #flush(): void {
    const size = this.#gathered - (this.#gathered % BULK_SECTOR);
    if (size === 0 || !this.#write(this.#buffer.subarray(0, size))) return;
    this.#buffer.copyWithin(0, size, this.#gathered);
    this.#gathered -= size;
  }

  #write(bytes: Uint8Array): boolean {
    if (this.#failed || this.#length + BigInt(bytes.length) > this.#disk.sizeBytes) {
      this.#failed = true;
      return false;
    }
    try {
      this.#disk.write(this.#length, bytes);
    } catch (error) {
      // The host's disk is full, for one: it will say so itself when the rest comes as chunks.
      if (!(error instanceof ActionError)) throw error;
      this.#failed = true;
      return false;
    }
    this.#length += BigInt(bytes.length);
    return true;
  }

  #takeGathered(): Uint8Array {
    const bytes = this.#buffer.subarray(0, this.#gathered);
    this.#gathered = 0;
    return bytes;
  }
}
