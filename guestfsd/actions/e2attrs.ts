/** Daemon side of schemas/actions/e2attrs.ts: ioctls of linux/fs.h on what is opened in the guest. */
import { closeSync, constants, fstatSync, openSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError, failure } from "../errors.ts";
import { fsPath } from "../file-name.ts";
import { ioctl } from "../native/libc.ts";

const { O_NOCTTY, O_NONBLOCK, O_RDONLY } = constants;

const FS_IOC_GETFLAGS = 0x80086601;
const FS_IOC_SETFLAGS = 0x40086602;
const FS_IOC_GETVERSION = 0x80087601;
const FS_IOC_SETVERSION = 0x40087602;

/** FS_*_FL by the letters of chattr(1). */
const FLAGS: Readonly<Record<string, number>> = {
  s: 0x1,
  u: 0x2,
  c: 0x4,
  S: 0x8,
  i: 0x10,
  a: 0x20,
  d: 0x40,
  A: 0x80,
  j: 0x4000,
  t: 0x8000,
  D: 0x10000,
  T: 0x20000,
  C: 0x800000,
  x: 0x2000000,
  P: 0x20000000,
};
/** Shown, never set. */
const READ_ONLY_FLAGS: Readonly<Record<string, number>> = {
  E: 0x800,
  I: 0x1000,
  e: 0x80000,
  V: 0x100000,
  N: 0x10000000,
  F: 0x40000000,
};

export const e2attrs = {
  get_e2attrs({ file }, context) {
    const flags = withInode(file, context, (fd) => getNumber(fd, FS_IOC_GETFLAGS));
    const letters = Object.entries({ ...FLAGS, ...READ_ONLY_FLAGS }).filter(([, flag]) => (flags & flag) !== 0);
    return letters
      .map(([letter]) => letter)
      .sort()
      .join("");
  },

  set_e2attrs({ file, attrs, clear = false }, context) {
    const wanted = flagsOf(attrs);
    withInode(file, context, (fd) => {
      const flags = getNumber(fd, FS_IOC_GETFLAGS);
      setNumber(fd, FS_IOC_SETFLAGS, clear ? flags & ~wanted : flags | wanted);
    });
  },

  get_e2generation: ({ file }, context) =>
    BigInt(withInode(file, context, (fd) => getNumber(fd, FS_IOC_GETVERSION)) >>> 0),

  set_e2generation({ file, generation }, context) {
    if (generation < 0n || generation > 0xffffffffn) {
      throw new ActionError(`${generation}: generation is not in the range 0 to 2^32 - 1`, "EINVAL");
    }
    withInode(file, context, (fd) => setNumber(fd, FS_IOC_SETVERSION, Number(generation)));
  },
} satisfies HandlersOf<typeof families.e2attrs, Context>;

function flagsOf(letters: string): number {
  let flags = 0;
  for (const letter of letters) {
    const flag = Object.hasOwn(FLAGS, letter) ? FLAGS[letter] : undefined;
    if (flag === undefined) throw new ActionError(`unknown file attribute '${letter}'`, "EINVAL");
    if ((flags & flag) !== 0) throw new ActionError(`duplicate file attribute '${letter}'`, "EINVAL");
    flags |= flag;
  }
  return flags;
}

/** Other files than regular ones and directories: the ioctl would go to a driver. */
function withInode<T>(path: string, { sysroot }: Context, body: (fd: number) => T): T {
  return about(path, () => {
    const fd = sysroot.inside(() => openSync(fsPath(path), O_RDONLY | O_NONBLOCK | O_NOCTTY));
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile() && !stats.isDirectory()) throw failure(path, "EOPNOTSUPP");
      return body(fd);
    } finally {
      closeSync(fd);
    }
  });
}

/** The kernel reads and writes an int, whatever the request's number says. */
function getNumber(fd: number, request: number): number {
  const out = new Uint8Array(8);
  ioctl(fd, request, out);
  return new DataView(out.buffer).getInt32(0, true);
}

function setNumber(fd: number, request: number, value: number): void {
  const argument = new Uint8Array(8);
  new DataView(argument.buffer).setInt32(0, value, true);
  ioctl(fd, request, argument);
}
