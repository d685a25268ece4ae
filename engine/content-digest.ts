/** Digests (sha256, hexadecimal) of what a plan was made from: images, and files and folders of the host. */
import { createHash, type Hash } from "node:crypto";
import { lstat, open, readdir, readlink, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";

const BLOCK = 1 << 20;
const ZEROS = Buffer.alloc(BLOCK);

/**
 * Digest of an image's file or device. Holes cost nothing: of the blocks of 1 MiB, those that are all zeros are left out;
 * for each other `number:u64 | bytes`, and at the end `size:u64`.
 *
 * @param signal ends it with its reason
 * @throws the system error
 */
export async function contentDigest(path: string, signal?: AbortSignal): Promise<string> {
  await using file = await open(path, "r");
  const hash = createHash("sha256");
  const block = Buffer.alloc(BLOCK);
  let position = 0;
  for (let length = BLOCK; length === BLOCK; position += length) {
    signal?.throwIfAborted();
    length = await fill(file, block, position);
    const bytes = block.subarray(0, length);
    if (!bytes.equals(ZEROS.subarray(0, length))) hash.update(u64(position / BLOCK)).update(bytes);
  }
  return hash.update(u64(position)).digest("hex");
}

/**
 * Digest of an input: a file's bytes; of a folder `type | mode | path | content` of everything in it, in order of their
 * names, where the content is the digest of a file or the target of a link.
 *
 * @throws the system error
 */
export async function inputDigest(path: string): Promise<string> {
  const hash = createHash("sha256");
  if ((await stat(path)).isDirectory()) await addFolder(hash, path, "");
  else await addFile(hash, path);
  return hash.digest("hex");
}

/** @returns how much there was: less than a block at the end of the file */
async function fill(file: FileHandle, block: Buffer, position: number): Promise<number> {
  let done = 0;
  while (done < block.length) {
    const { bytesRead } = await file.read(block, done, block.length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

async function addFolder(hash: Hash, root: string, below: string): Promise<void> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(below, entry.name);
    const { mode } = await lstat(join(root, path));
    hash.update(JSON.stringify([mode.toString(8), path]));
    if (entry.isDirectory()) await addFolder(hash, root, path);
    else if (entry.isSymbolicLink()) hash.update(JSON.stringify(await readlink(join(root, path))));
    else if (entry.isFile()) hash.update(await inputDigest(join(root, path)));
  }
}

async function addFile(hash: Hash, path: string): Promise<void> {
  await using file = await open(path, "r");
  for await (const bytes of file.createReadStream({ autoClose: false })) hash.update(bytes);
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
