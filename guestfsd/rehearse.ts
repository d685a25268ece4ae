/**
 * Exercises the daemon before the template is taken, through the same path as real calls: what has run once is compiled, its
 * programs and libraries are in the page cache. The disk is a RAM disk that the init removes afterwards; nothing of it is left.
 */
import {
  actions,
  BULK_TARGETS,
  callHeader,
  encodeArgs,
  encodeChunk,
  encodeHeader,
  FIRST_SERIAL,
  frame,
  gildActions,
  streamArg,
  type AnyAction,
} from "../schemas/index.ts";
import { AUGEAS_RESERVE, AugeasReserve } from "./augeas-reserve.ts";
import { MemoryChannel } from "./memory-channel.ts";
import { serveCall, type Server } from "./serve.ts";

const TABLE: Readonly<Record<string, AnyAction>> = { ...actions, ...gildActions };

type Call = readonly [name: keyof typeof actions | keyof typeof gildActions, args?: Readonly<Record<string, unknown>>];

/** The first time compiles, the second learns the shapes of objects, the third goes the quick way. */
const TIMES = 3;
const DISK = "/dev/ram0";
const TEXT = Buffer.from("gild\n");
const EMPTY_ARCHIVE = Buffer.alloc(1024);

const CALLS: readonly Call[] = [
  ["list_devices"],
  ["list_partitions"],
  ["part_disk", { device: DISK, parttype: "gpt" }],
  ["part_list", { device: DISK }],
  ["mkfs", { fstype: "ext4", device: DISK }],
  ["vfs_type", { mountable: DISK }],
  ["blockdev_getsize64", { device: DISK }],
  ["mount", { mountable: DISK, mountpoint: "/" }],
  ["mountpoints"],
  ["gild_volumes"],
  ["gild_watch"],
  ["mkdir_p", { path: "/a/b" }],
  ["mkdir", { path: "/proc" }],
  ["mkdir", { path: "/dev" }],
  ["mkdir", { path: "/sys" }],
  ["internal_write", { path: "/a/text", content: TEXT }],
  ["touch", { path: "/a/empty" }],
  ["upload", { remotefilename: "/a/uploaded" }],
  ["gild_bulk_in", { target: BULK_TARGETS[0], size: 1024n * 1024n, runs: Buffer.alloc(0) }],
  ["upload", { remotefilename: "/a/uploaded" }],
  ["download", { remotefilename: "/a/uploaded" }],
  ["checksum", { csumtype: "sha256", path: "/a/uploaded" }],
  ["is_file", { path: "/a/text", followsymlinks: true }],
  ["is_dir", { path: "/a" }],
  ["exists", { path: "/a" }],
  ["statns", { path: "/a/text" }],
  ["lstatns", { path: "/a/text" }],
  ["chmod", { mode: 0o600, path: "/a/text" }],
  ["chown", { owner: 0, group: 0, path: "/a/text" }],
  ["ln_s", { target: "text", linkname: "/a/link" }],
  ["readlink", { path: "/a/link" }],
  ["lsetxattr", { xattr: "user.a", val: "b", vallen: 1, path: "/a/text" }],
  ["lgetxattrs", { path: "/a/text" }],
  ["cp_a", { src: "/a", dest: "/c" }],
  ["mv", { src: "/c", dest: "/d" }],
  ["ls0", { dir: "/a" }],
  ["find0", { directory: "/a" }],
  ["tar_out", { directory: "/a" }],
  ["tar_in", { directory: "/d" }],
  ["aug_init", { root: "/", flags: 96 }],
  ["aug_match", { augpath: "/files/etc/*" }],
  ["aug_close"],
  ["rm", { path: "/a/empty" }],
  ["gild_touched"],
  ["gild_entries", { device: DISK, paths: ["/a"], trees: ["/d"], inodes: [], digests: true, contents: 1024n }],
  ["rm_rf", { path: "/d" }],
  ["statvfs", { path: "/" }],
  ["umount_all"],
  ["e2fsck", { device: DISK }],
  ["pvs"],
  ["vgs"],
  ["lvs"],
  ["internal_autosync"],
];

/** Never throws for a call that fails: it is only not warm then. */
export function rehearse(server: Server): void {
  for (let time = 0; time < TIMES; time += 1) rehearseOnce(server);
  server.kept.set(AUGEAS_RESERVE, new AugeasReserve(server.sysroot));
}

function rehearseOnce(server: Server): void {
  for (const [index, [name, args]] of CALLS.entries()) {
    const channel = new MemoryChannel();
    const action = TABLE[name];
    if (action === undefined) continue;
    const serial = FIRST_SERIAL + index;
    // The actions that prepare another call have its number among their arguments.
    const { bytes, optargsBitmask } = encodeArgs(action, { serial: BigInt(serial + 1), ...args });
    const header = callHeader({ proc: action.proc, serial, optargs_bitmask: optargsBitmask });
    channel.push(frame(encodeHeader(header), bytes));
    if (streamArg(action)?.direction === "in") {
      const data = name === "tar_in" ? EMPTY_ARCHIVE : TEXT;
      channel.push(frame(encodeChunk({ cancel: false, data })));
      channel.push(frame(encodeChunk({ cancel: false, data: Buffer.alloc(0) })));
    }
    serveCall({ ...server, channel });
  }
  // What outlives calls must not be in the template: it would go on watching.
  for (const kept of server.kept.values()) kept.close();
  server.kept.clear();
}
