/** copy_in, copy_out: files and folders between the host and the guest, as tar streams that are packed and unpacked here. */
import { lstat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { basename as guestBasename } from "node:path/posix";

import type { CallOptions, Guestfs } from "../../schemas/index.ts";
import { GuestfsError } from "../errors.ts";
import { localError } from "../file-source.ts";
import { packTree } from "./pack-tree.ts";
import { renamed } from "./collect-file.ts";
import { UnpackedTree } from "./unpack-tree.ts";

export interface CopyFunctions {
  /**
   * Copies a file or folder of the host, with everything in it, into a folder of the guest, under its own name: mode, numeric
   * owner and time are kept, links stay links.
   *
   * @throws GuestfsError ENOTDIR when the folder is not there; ENOTSUP for a device, socket or pipe of the host
   */
  copy_in(args: { readonly localpath: string; readonly remotedir: string }, options?: CallOptions): Promise<void>;
  /**
   * Copies a file or folder of the guest, with everything in it, into a folder of the host, under its own name. The files
   * belong to the caller; set-user-ID bits are dropped. What is in the guest never leads out of the folder.
   *
   * @throws GuestfsError ENOTDIR when the folder is not there; ENOTSUP for a device, socket or pipe of the guest
   */
  copy_out(args: { readonly remotepath: string; readonly localdir: string }, options?: CallOptions): Promise<void>;
}

export function copyFunctions(g: Guestfs): CopyFunctions {
  return {
    async copy_in({ localpath, remotedir }, options) {
      if (!(await g.is_dir({ path: remotedir, followsymlinks: true }, options))) {
        throw new GuestfsError("copy_in", "ENOTDIR", `${remotedir}: not a folder of the guest`);
      }
      await lstat(localpath).catch((error: unknown) => {
        throw localError("copy_in", localpath, error);
      });
      await asOwn("copy_in", () => g.tar_in({ tarfile: packTree(resolve(localpath)), directory: remotedir }, options));
    },

    async copy_out({ remotepath, localdir }, options) {
      const stat = await lstat(localdir).catch((error: unknown) => {
        throw localError("copy_out", localdir, error);
      });
      if (!stat.isDirectory()) throw new GuestfsError("copy_out", "ENOTDIR", `${localdir}: not a folder`);
      const name = guestBasename(remotepath);
      if (!(await g.is_dir({ path: remotepath, followsymlinks: true }, options))) {
        if (!(await g.is_file({ path: remotepath, followsymlinks: true }, options))) {
          throw new GuestfsError("copy_out", "ENOTSUP", `${remotepath}: neither a file nor a folder`);
        }
        const filename = join(localdir, name);
        await asOwn("copy_out", () => g.download({ remotefilename: remotepath, filename }, options));
        return;
      }
      const tree = await UnpackedTree.create(resolve(localdir), basename(name));
      await asOwn("copy_out", () =>
        tree.receive((sink) => g.tar_out({ directory: remotepath, tarfile: sink, numericowner: true }, options)),
      );
    },
  };
}

/** Errors of the action are the function's. */
async function asOwn(action: string, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    throw renamed(action, error);
  }
}
