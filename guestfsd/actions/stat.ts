/** Daemon side of schemas/actions/stat.ts. */
import { lstatSync, statSync, type BigIntStats } from "node:fs";
import { machine, release, type as sysname, version } from "node:os";

import type { families, HandlersOf, StructOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, failure } from "../errors.ts";
import { fsPath, join } from "../file-name.ts";
import { statvfs as systemStatvfs, type StatVfs } from "../native/libc.ts";

type Statns = StructOf<"statns">;

const bigint = { bigint: true } as const;
const NANOSECONDS = 1_000_000_000n;

const SPARE = { st_spare1: 0n, st_spare2: 0n, st_spare3: 0n, st_spare4: 0n, st_spare5: 0n, st_spare6: 0n };

/** What stands for a file that could not be looked at. */
const UNREADABLE: Statns = {
  st_dev: 0n,
  st_ino: -1n,
  st_mode: 0n,
  st_nlink: 0n,
  st_uid: 0n,
  st_gid: 0n,
  st_rdev: 0n,
  st_size: 0n,
  st_blksize: 0n,
  st_blocks: 0n,
  st_atime_sec: 0n,
  st_atime_nsec: 0n,
  st_mtime_sec: 0n,
  st_mtime_nsec: 0n,
  st_ctime_sec: 0n,
  st_ctime_nsec: 0n,
  ...SPARE,
};

export const stat = {
  statns({ path }, { sysroot }) {
    return about(path, () => toStatns(sysroot.inside(() => statSync(fsPath(path), bigint))));
  },

  lstatns({ path }, { sysroot }) {
    return about(path, () => toStatns(sysroot.inside(() => lstatSync(fsPath(path), bigint))));
  },

  internal_lstatnslist({ path, names }, { sysroot }) {
    return about(path, () =>
      sysroot.inside(() => {
        if (!statSync(fsPath(path)).isDirectory()) throw failure(path, "ENOTDIR");
        return names.map((name) => lstatnsOrUnreadable(join(path, name)));
      }),
    );
  },

  statvfs({ path }, { sysroot }) {
    return about(path, () => signed(sysroot.inside(() => systemStatvfs(path))));
  },

  utsname() {
    return { uts_sysname: sysname(), uts_release: release(), uts_version: version(), uts_machine: machine() };
  },
} satisfies HandlersOf<typeof families.stat, Context>;

function lstatnsOrUnreadable(path: string): Statns {
  try {
    return toStatns(lstatSync(fsPath(path), bigint));
  } catch {
    return UNREADABLE;
  }
}

function toStatns(stats: BigIntStats): Statns {
  const [st_atime_sec, st_atime_nsec] = split(stats.atimeNs);
  const [st_mtime_sec, st_mtime_nsec] = split(stats.mtimeNs);
  const [st_ctime_sec, st_ctime_nsec] = split(stats.ctimeNs);
  return {
    st_dev: stats.dev,
    st_ino: stats.ino,
    st_mode: stats.mode,
    st_nlink: stats.nlink,
    st_uid: stats.uid,
    st_gid: stats.gid,
    st_rdev: stats.rdev,
    st_size: stats.size,
    st_blksize: stats.blksize,
    st_blocks: stats.blocks,
    st_atime_sec,
    st_atime_nsec,
    st_mtime_sec,
    st_mtime_nsec,
    st_ctime_sec,
    st_ctime_nsec,
    ...SPARE,
  };
}

/** Seconds and nanoseconds; the latter never negative, before 1970 too. */
function split(nanoseconds: bigint): [seconds: bigint, rest: bigint] {
  const rest = ((nanoseconds % NANOSECONDS) + NANOSECONDS) % NANOSECONDS;
  return [(nanoseconds - rest) / NANOSECONDS, rest];
}

/** The struct on the wire has signed members; fsid and flag use all their bits. */
function signed({ fsid, flag, ...sizes }: StatVfs): StructOf<"statvfs"> {
  return { ...sizes, fsid: BigInt.asIntN(64, fsid), flag: BigInt.asIntN(64, flag) };
}
