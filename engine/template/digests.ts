/**
 * Digests of files that seldom change, remembered for the boot of the host together with what stat(2) says of each file: a
 * large file is read once per boot, or when it has changed. Holes and zeros count by their place only, so that the sparse file
 * of a VM's memory is read quickly.
 */
import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PIECE_BYTES = 1024 * 1024;
const ZEROS = Buffer.alloc(PIECE_BYTES);
const BOOT_ID = "/proc/sys/kernel/random/boot_id";

interface Known {
  /** Boot of the host, device, inode, size, mtime, ctime. */
  readonly identity: string;
  readonly digest: string;
}

/** One folder's memory of digests. */
export class Digests {
  readonly #file: string;
  readonly #bootId = readFileSync(BOOT_ID, "latin1").trim();
  readonly #known: Map<string, Known>;

  /** @param folder that nobody else can write to */
  constructor(folder: string) {
    this.#file = join(folder, "digests.json");
    this.#known = recall(this.#file);
  }

  /** SHA-256 of a file's content, in hexadecimal. @throws the system error */
  of(path: string): string {
    const identity = this.#identify(path);
    const known = this.#known.get(path);
    if (known?.identity === identity) return known.digest;
    const digest = digestFile(path);
    // Read while it was written to: nothing is remembered of it.
    if (this.#identify(path) === identity) {
      this.#known.set(path, { identity, digest });
      this.#remember();
    }
    return digest;
  }

  #identify(path: string): string {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [this.#bootId, dev, ino, size, mtimeNs, ctimeNs].join(" ");
  }

  /** What cannot be remembered is read again by the next launch, nothing else. */
  #remember(): void {
    const current = [...this.#known].filter(([, { identity }]) => identity.startsWith(this.#bootId));
    try {
      const part = `${this.#file}.${process.pid}`;
      writeFileSync(part, JSON.stringify(Object.fromEntries(current)), { mode: 0o600 });
      renameSync(part, this.#file);
    } catch {
      // see above
    }
  }
}

/** SHA-256 over every piece that is not zero, each after its place, and the size. @throws the system error */
export function digestFile(path: string): string {
  const hash = createHash("sha256");
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  const fd = openSync(path, "r");
  try {
    let position = 0;
    for (;;) {
      const length = readSync(fd, piece, 0, PIECE_BYTES, position);
      if (length === 0) break;
      const bytes = piece.subarray(0, length);
      if (!bytes.equals(ZEROS.subarray(0, length))) hash.update(`${position}:${length}:`).update(bytes);
      position += length;
    }
    return hash.update(`${position}`).digest("hex");
  } finally {
    closeSync(fd);
  }
}

function recall(file: string): Map<string, Known> {
  const known = new Map<string, Known>();
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof value !== "object" || value === null) return known;
    for (const [path, entry] of Object.entries(value)) {
      // Members are looked at one by one.
      const { identity, digest } = entry as Partial<Known>;
      if (typeof identity === "string" && typeof digest === "string") known.set(path, { identity, digest });
    }
  } catch {
    // Nothing known: everything is read again.
  }
  return known;
}
