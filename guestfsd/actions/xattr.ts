/** Daemon side of schemas/actions/xattr.ts. */
import { statSync } from "node:fs";

import { bytesFromText, type families, type HandlersOf, type StructOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError, failure } from "../errors.ts";
import { compareBytes, fsPath, join } from "../file-name.ts";
import * as native from "../native/xattr.ts";

type Xattr = StructOf<"xattr">;

const NOTHING = new Uint8Array();

export const xattr = {
  getxattrs({ path }, { sysroot }) {
    return about(path, () => sysroot.inside(() => all(path, native.listxattr, native.getxattr)));
  },

  lgetxattrs({ path }, { sysroot }) {
    return about(path, () => sysroot.inside(() => allOfLink(path)));
  },

  setxattr({ xattr, val, vallen, path }, { sysroot }) {
    about(path, () => sysroot.inside(() => native.setxattr(path, xattr, valueOf(val, vallen))));
  },

  lsetxattr({ xattr, val, vallen, path }, { sysroot }) {
    about(path, () => sysroot.inside(() => native.lsetxattr(path, xattr, valueOf(val, vallen))));
  },

  removexattr({ xattr, path }, { sysroot }) {
    about(path, () => sysroot.inside(() => native.removexattr(path, xattr)));
  },

  lremovexattr({ xattr, path }, { sysroot }) {
    about(path, () => sysroot.inside(() => native.lremovexattr(path, xattr)));
  },

  getxattr({ path, name }, { sysroot }) {
    return about(path, () => sysroot.inside(() => native.getxattr(path, name)));
  },

  lgetxattr({ path, name }, { sysroot }) {
    return about(path, () => sysroot.inside(() => native.lgetxattr(path, name)));
  },

  internal_lxattrlist({ path, names }, { sysroot }) {
    return about(path, () =>
      sysroot.inside(() => {
        if (!statSync(fsPath(path)).isDirectory()) throw failure(path, "ENOTDIR");
        return names.flatMap((name) => withCount(join(path, name)));
      }),
    );
  },
} satisfies HandlersOf<typeof families.xattr, Context>;

function all(path: string, list: (path: string) => string[], get: (path: string, name: string) => Uint8Array): Xattr[] {
  return list(path)
    .sort(compareBytes)
    .map((attrname) => ({ attrname, attrval: get(path, attrname) }));
}

function allOfLink(path: string): Xattr[] {
  return all(path, native.llistxattr, native.lgetxattr);
}

/** The entry that holds the number, then the attributes; an empty number for a file that cannot be read. */
function withCount(path: string): Xattr[] {
  try {
    const attributes = allOfLink(path);
    return [{ attrname: "", attrval: bytesFromText(`${attributes.length}\0`) }, ...attributes];
  } catch {
    return [{ attrname: "", attrval: NOTHING }];
  }
}

/**
 * The first `length` bytes of a value. Upstream's C daemon reads the terminating zero of its string when a caller counts it
 * (usual for SELinux labels), and what lies behind it when the length is larger still; that is refused.
 */
function valueOf(val: string, length: number): Uint8Array {
  const bytes = bytesFromText(`${val}\0`);
  if (length < 0 || length > bytes.length) {
    throw new ActionError(`length ${length} is not that of a value of ${bytes.length - 1} bytes`, "EINVAL");
  }
  return bytes.subarray(0, length);
}
