/**
 * A folder of the host that a tar stream of the guest is unpacked in. The stream is hostile: names may climb, go through
 * symbolic links that came before, or be there twice. So every folder on the way to a file is one that was made here, and a
 * file is always a new one.
 */
import { chmod, lstat, link, mkdir, open, rm, symlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";

import { extract, type Entry, type Headers } from "tar-stream";

import { errnoOf, GuestfsError, messageOf } from "../errors.ts";
import { localError } from "../file-source.ts";

/** Permission bits without set-user-ID, set-group-ID and sticky. */
const MODE = 0o777;

export class UnpackedTree {
  readonly #root: string;
  /** Folders made here, by their names from the root; mode and time are set at the end, when nothing comes into them any more. */
  readonly #folders = new Map<string, Headers | undefined>();

  private constructor(root: string) {
    this.#root = root;
    this.#folders.set("", undefined);
  }

  /** @param name the folder in `parent` to unpack in; "" is `parent` itself @throws GuestfsError */
  static async create(parent: string, name: string): Promise<UnpackedTree> {
    const root = join(parent, name);
    try {
      if (name !== "") await mkdir(root).catch(keepFolder(root));
    } catch (error) {
      throw localError("copy_out", root, error);
    }
    return new UnpackedTree(root);
  }

  /** @param send hands the archive over, piece by piece @throws GuestfsError; what `send` throws */
  async receive(send: (sink: (bytes: Uint8Array) => Promise<void>) => Promise<unknown>): Promise<void> {
    const archive = extract();
    let failure: unknown;
    const unpacking = this.#unpack(archive).catch((error: unknown) => {
      const isOwn = error instanceof GuestfsError;
      failure ??= isOwn ? error : new GuestfsError("copy_out", "", `the daemon's archive: ${messageOf(error)}`);
      archive.destroy();
    });
    const sent = send(async (bytes) => {
      if (failure !== undefined) throw failure;
      if (archive.write(bytes)) return;
      // An archive that was given up says nothing more.
      await Promise.race([unpacking, new Promise((resolve) => void archive.once("drain", resolve))]);
    });
    await sent.catch((error: unknown) => {
      failure ??= error;
      archive.destroy();
    });
    archive.end();
    await unpacking;
    if (failure !== undefined) throw failure;
  }

  async #unpack(archive: ReturnType<typeof extract>): Promise<void> {
    for await (const member of archive) {
      try {
        await this.#place(member);
      } catch (error) {
        throw error instanceof GuestfsError ? error : localError("copy_out", shown(member.header), error);
      }
    }
    for (const [name, header] of [...this.#folders].toReversed()) {
      if (header === undefined) continue;
      const place = join(this.#root, name);
      await chmod(place, (header.mode ?? 0) & MODE);
      await utimes(place, header.mtime ?? new Date(), header.mtime ?? new Date());
    }
  }

  async #place(member: Entry): Promise<void> {
    const { header } = member;
    const name = plainName(header);
    const place = join(this.#root, name);
    if (name !== "") await this.#makeParents(name);
    const { type } = header;
    if (type === "file" || type === "contiguous-file") {
      await this.#makeFile(member, place);
      return;
    }
    if (type === "directory") {
      if (!this.#folders.has(name)) await mkdir(place, 0o700).catch(keepFolder(place));
      this.#folders.set(name, header);
    } else if (type === "symlink") {
      await rm(place, { force: true });
      await symlink(header.linkname ?? "", place);
    } else if (type === "link") {
      await this.#makeLink(header, place);
    } else {
      throw new GuestfsError("copy_out", "ENOTSUP", `${shown(header)}: a ${type}, which is not copied`);
    }
    member.resume();
    await finished(member, { writable: false });
  }

  /** @throws GuestfsError when the way leads through what is no folder that was made here */
  async #makeParents(name: string): Promise<void> {
    const parts = name.split("/");
    for (let depth = 1; depth < parts.length; depth++) {
      const parent = parts.slice(0, depth).join("/");
      if (this.#folders.has(parent)) continue;
      const place = join(this.#root, parent);
      await mkdir(place, 0o700).catch(keepFolder(place));
      this.#folders.set(parent, undefined);
    }
  }

  async #makeFile(member: Entry, place: string): Promise<void> {
    const { header } = member;
    await rm(place, { force: true });
    const file = await open(place, "wx", 0o600);
    try {
      for await (const bytes of member) await file.writeFile(bytes);
      await file.chmod((header.mode ?? 0) & MODE);
      if (header.mtime !== undefined) await file.utimes(header.mtime, header.mtime);
    } finally {
      await file.close();
    }
  }

  /** To a file that came before in the same archive. */
  async #makeLink(header: Headers, place: string): Promise<void> {
    const target = plainName({ ...header, name: header.linkname ?? "" });
    await this.#makeParents(target);
    const source = join(this.#root, target);
    if (!(await lstat(source)).isFile()) {
      throw new GuestfsError("copy_out", "ENOTSUP", `${shown(header)}: a link to what is no file`);
    }
    await rm(place, { force: true });
    await link(source, place);
  }
}

/** Passes over EEXIST where a real folder is there. */
function keepFolder(path: string): (error: unknown) => Promise<void> {
  return async (error) => {
    if (errnoOf(error) !== "EEXIST" || !(await lstat(path)).isDirectory()) throw error;
  };
}

/** Name from the root without `.`; "" is the root. @throws GuestfsError for a name that climbs */
function plainName(header: Headers): string {
  const parts = header.name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..") || header.name.includes("\0")) {
    throw new GuestfsError("copy_out", "EINVAL", `${shown(header)}: a name that leads out of the archive`);
  }
  return parts.join("/");
}

/** Bytes of the guest: quoted. */
const shown = (header: Headers): string => JSON.stringify(header.name);
