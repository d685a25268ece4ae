/** A file or folder of the host as a tar stream. */
import { createReadStream } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";

import { pack, type Headers, type Pack } from "tar-stream";

import { GuestfsError } from "../errors.ts";
import { localError } from "../file-source.ts";

/** @returns the archive's bytes; the last part of the path is the name in it. Ends with a GuestfsError where a file fails */
export function packTree(path: string): AsyncIterable<Uint8Array> {
  const archive = pack();
  add(archive, path, basename(path))
    .then(() => archive.finalize())
    .catch((error: unknown) => archive.destroy(error instanceof Error ? error : new Error(String(error))));
  return archive;
}

async function add(archive: Pack, path: string, name: string): Promise<void> {
  try {
    const stat = await lstat(path);
    const { uid, gid, mtime } = stat;
    const header: Headers = { name, mode: stat.mode & 0o7777, uid, gid, mtime, uname: "", gname: "" };
    if (stat.isDirectory()) {
      await entry(archive, { ...header, type: "directory" });
      for (const child of (await readdir(path)).toSorted()) await add(archive, join(path, child), `${name}/${child}`);
    } else if (stat.isSymbolicLink()) {
      await entry(archive, { ...header, type: "symlink", linkname: await readlink(path) });
    } else if (stat.isFile()) {
      const sink = archive.entry({ ...header, type: "file", size: stat.size });
      // As many bytes as the header says, though the file grow meanwhile.
      if (stat.size === 0) sink.end();
      else await pipeline(createReadStream(path, { end: stat.size - 1 }), sink);
    } else {
      throw new GuestfsError("copy_in", "ENOTSUP", `${path}: neither a file, a folder nor a link`);
    }
  } catch (error) {
    throw error instanceof GuestfsError ? error : localError("copy_in", path, error);
  }
}

function entry(archive: Pack, header: Headers): Promise<void> {
  return new Promise((resolve, reject) => {
    archive.entry(header, (error) => {
      if (error === undefined || error === null) resolve();
      else reject(error);
    });
  });
}
