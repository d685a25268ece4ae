/**
 * The guest is hostile: whatever its symbolic links say, no action reads, changes or makes anything outside of it. And the
 * honest absolute link (`/var/run -> /run`) resolves inside. Needs root: the daemon really changes its root directory.
 */
import { existsSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { actions, bytesFromText } from "../../schemas/index.ts";
import { sampleHive } from "../../schemas/sample-hive.ts";
import { FIFO_CALLS, FILE_ATTACKS, type Attack, type Call } from "./file-attacks.ts";
import { makeGuest, SECRET, type TestGuest } from "./guest.ts";
import { everythingIn, HOSTILE_ETC, metadata } from "./hostile-guest.ts";
import { tarArchive } from "./tar-archive.ts";

const payload = tarArchive([
  { name: "secret", content: "overwritten" },
  { name: "new", content: "made" },
]);
const bytes = new TextEncoder().encode("overwritten");
const OPEN_HIVE: readonly Call[] = [
  ["internal_write", { path: "/hive", content: bytesFromText(sampleHive()) }],
  ["hivex_open", { filename: "/hive", write: true }],
];
const SET_LENS = { augpath: "/augeas/load/Hosts/lens", val: "Hosts.lns" };

const ATTACKS: readonly Attack[] = [
  ...FILE_ATTACKS,
  { action: "btrfs_subvolume_show", args: { subvolume: "/etc" } },
  { action: "mksquashfs", args: { path: "/etc" } },
  { action: "scrub_file", args: { file: "/etc/secret" } },
  { action: "xfs_info2", args: { pathordevice: "/etc" } },
  { action: "upload", args: { remotefilename: "/etc/secret" }, file: "overwritten" },
  { action: "upload", args: { remotefilename: "/etc/new" }, file: "made" },
  { action: "upload_offset", args: { remotefilename: "/etc/secret", offset: 2n }, file: "overwritten" },
  { action: "download", args: { remotefilename: "/etc/secret" } },
  { action: "download_offset", args: { remotefilename: "/etc/secret", offset: 0n, size: 100n } },
  { action: "hivex_open", args: { filename: "/etc/secret" } },
  { action: "hivex_commit", args: { filename: "/etc/secret" }, before: OPEN_HIVE },
  { action: "hivex_commit", args: { filename: "/etc/new" }, before: OPEN_HIVE },
  { action: "internal_write", args: { path: "/etc/secret", content: bytes } },
  { action: "internal_write", args: { path: "/etc/new", content: bytes } },
  { action: "internal_write_append", args: { path: "/etc/secret", content: bytes } },
  { action: "tar_in", args: { directory: "/etc" }, file: payload },
  { action: "tar_in", args: { directory: "/etc", keepdirlink: true }, file: payload },
  { action: "tar_in", args: { directory: "/" }, file: tarArchive([{ name: "etc/secret", content: "x" }]) },
  {
    action: "tar_in",
    args: { directory: "/", keepdirlink: true },
    file: tarArchive([
      { name: "etc/", type: "directory" },
      { name: "etc/secret", content: "x" },
    ]),
  },
  { action: "tar_out", args: { directory: "/etc" } },
  { action: "cp", args: { src: "/etc/secret", dest: "/copy" } },
  { action: "cp_a", args: { src: "/etc/", dest: "/copy" } },
  { action: "cp_a", args: { src: "/data", dest: "/etc/" } },
  { action: "cp_a", args: { src: "/data/secret", dest: "/etc/secret" } },
  { action: "cp_r", args: { src: "/data/secret", dest: "/etc/new" } },
  { action: "mv", args: { src: "/data/secret", dest: "/etc/" } },
  { action: "mv", args: { src: "/etc/secret", dest: "/data/moved" } },
  { action: "rsync", args: { src: "/etc/secret", dest: "/copy" } },
  { action: "rsync", args: { src: "/etc/", dest: "/copy", archive: true } },
  { action: "rsync", args: { src: "/data/", dest: "/etc/", archive: true, deletedest: true } },
  { action: "rsync", args: { src: "/data/secret", dest: "/etc/secret" } },
  { action: "rm", args: { path: "/etc/secret" } },
  { action: "rm_f", args: { path: "/etc/secret" } },
  { action: "copy_file_to_file", args: { src: "/etc/secret", dest: "/copy" } },
  { action: "copy_file_to_file", args: { src: "/data/secret", dest: "/etc/secret" } },
  { action: "copy_file_to_file", args: { src: "/data/secret", dest: "/etc/new" } },
  { action: "pwrite", args: { path: "/etc/secret", content: bytes, offset: 0n } },
  { action: "rm_rf", args: { path: "/etc/secret" } },
  { action: "rm_rf", args: { path: "/etc/" } },
  { action: "rm_rf", args: { path: "/etc" } },
  { action: "mkdir", args: { path: "/etc/new" } },
  { action: "mkdir_p", args: { path: "/etc/new/er" } },
  { action: "touch", args: { path: "/etc/new" } },
  { action: "truncate", args: { path: "/etc/secret" } },
  { action: "chmod", args: { mode: 0o777, path: "/etc/secret" } },
  { action: "chown", args: { owner: 1, group: 1, path: "/etc/secret" } },
  { action: "ln_s", args: { target: "x", linkname: "/etc/new" } },
  { action: "ln", args: { target: "/etc/secret", linkname: "/hard" } },
  { action: "lsetxattr", args: { xattr: "user.x", val: "v", vallen: 1, path: "/etc/secret" } },
  { action: "setxattr", args: { xattr: "user.x", val: "v", vallen: 1, path: "/etc/secret" } },
  { action: "acl_get_file", args: { path: "/etc/secret", acltype: "access" } },
  { action: "acl_set_file", args: { path: "/etc/secret", acltype: "access", acl: "u::rwx,g::rwx,o::rwx" } },
  { action: "acl_delete_def_file", args: { dir: "/etc" } },
  { action: "cap_get_file", args: { path: "/etc/secret" } },
  { action: "cap_set_file", args: { path: "/etc/secret", cap: "cap_net_raw=ep" } },
  { action: "file_architecture", args: { filename: "/etc/secret" } },
  { action: "checksum", args: { csumtype: "md5", path: "/etc/secret" } },
  { action: "checksums_out", args: { csumtype: "md5", directory: "/etc" } },
  { action: "find0", args: { directory: "/etc" } },
  { action: "find0", args: { directory: "/" } },
  { action: "ls0", args: { dir: "/etc" } },
  { action: "internal_readdir", args: { dir: "/etc" } },
  {
    action: "setfiles",
    args: { specfile: "/spec", paths: ["/"] },
    before: [
      ["internal_write", { path: "/spec", content: new TextEncoder().encode("/.* system_u:object_r:bad_t:s0\n") }],
    ],
  },
  {
    action: "setfiles",
    args: { specfile: "/spec", paths: ["/etc"] },
    before: [
      ["internal_write", { path: "/spec", content: new TextEncoder().encode("/.* system_u:object_r:bad_t:s0\n") }],
    ],
  },
];

describe.each(Object.entries(HOSTILE_ETC))("a guest whose /etc is a %s", (_kind, prepare) => {
  let guest: TestGuest;

  beforeEach(() => {
    guest = makeGuest();
    mkdirSync(join(guest.root, "data"));
    writeFileSync(join(guest.root, "data/secret"), "of the guest\n");
    prepare(guest.root, guest.outside);
  });
  afterEach(() => {
    guest.remove();
  });

  it.each(ATTACKS)("is not left by $action $args", ({ action, args, file, before = [] }) => {
    const stateBefore = guest.outsideState();
    const metadataBefore = metadata(guest.outside);
    for (const [name, given] of before) guest.call(name, given);

    const answer = guest.call(action, args, file);

    expect(Buffer.from(answer.file ?? []).includes(SECRET)).toBe(false);
    expect(Buffer.from(answer.file ?? []).includes(btoa(SECRET))).toBe(false);
    expect(inspect(answer.result)).not.toContain(SECRET.trim());
    expect(everythingIn(guest.root)).not.toContain(SECRET);
    expect(guest.outsideState()).toEqual(stateBefore);
    expect(metadata(guest.outside)).toEqual(metadataBefore);
  });

  it("is not left by inotify_add_watch", () => {
    guest.call("inotify_init", { maxevents: 0 });
    for (const path of ["/etc", "/etc/secret"]) guest.call("inotify_add_watch", { path, mask: 0xfff });

    writeFileSync(join(guest.outside, "secret"), SECRET);

    expect(guest.call("inotify_read").result).toEqual([]);
  });

  it("does not show or change what is outside to Augeas", () => {
    const address = "192.0.2.66";
    writeFileSync(join(guest.outside, "hosts"), `${address} outside.example\n`);
    try {
      symlinkSync(join(guest.outside, "hosts"), join(guest.root, "etc/hosts"));
    } catch {
      // /etc itself leads out, or is a loop.
    }
    const stateBefore = guest.outsideState();
    guest.call("aug_init", { root: "/", flags: 32 });
    guest.call("aug_set", SET_LENS);
    guest.call("aug_set", { augpath: "/augeas/load/Hosts/incl", val: "/etc/hosts" });
    guest.call("aug_load");

    const { result } = guest.call("aug_match", { augpath: "/files//*" });
    guest.call("aug_set", { augpath: "/files/etc/hosts/1/ipaddr", val: "198.51.100.1" });
    guest.call("aug_set", { augpath: "/files/etc/hosts/1/canonical", val: "evil" });
    guest.call("aug_save");

    expect(JSON.stringify(result ?? [])).not.toContain("ipaddr");
    expect(guest.outsideState()).toEqual(stateBefore);
  });
});

describe("an archive that leads out", () => {
  const TRAPS = {
    "file through its own absolute link": (outside: string) => [
      { name: "etc", target: outside },
      { name: "etc/secret", content: "overwritten" },
    ],
    "file through its own climbing link": (outside: string) => [
      { name: "x", target: `${"../".repeat(20)}${outside.slice(1)}` },
      { name: "x/secret", content: "overwritten" },
    ],
    "name that climbs": (outside: string) => [
      { name: `${"../".repeat(20)}${outside.slice(1)}/secret`, content: "overwritten" },
    ],
    "absolute name": (outside: string) => [{ name: `${outside}/secret`, content: "overwritten" }],
    "hard link to the outside": (outside: string) => [
      { name: "hard", target: `${outside}/secret`, type: "hardlink" as const },
      { name: "hard", content: "overwritten" },
    ],
  };

  it.each(Object.entries(TRAPS))("changes nothing outside: %s", (_kind, members) => {
    const guest = makeGuest();
    try {
      const before = guest.outsideState();

      guest.call("tar_in", { directory: "/" }, tarArchive(members(guest.outside)));

      expect(guest.outsideState()).toEqual(before);
    } finally {
      guest.remove();
    }
  });
});

describe("a FIFO in the guest", () => {
  const READERS_AND_WRITERS: readonly Attack[] = [
    ...FIFO_CALLS,
    { action: "upload", args: { remotefilename: "/fifo" }, file: "text" },
    { action: "upload_offset", args: { remotefilename: "/fifo", offset: 1n }, file: "text" },
    { action: "download", args: { remotefilename: "/fifo" } },
    { action: "internal_write", args: { path: "/fifo", content: bytes } },
    { action: "internal_write_append", args: { path: "/fifo", content: bytes } },
    { action: "hivex_open", args: { filename: "/fifo" } },
    { action: "hivex_commit", args: { filename: "/fifo" }, before: OPEN_HIVE },
    { action: "truncate", args: { path: "/fifo" } },
    { action: "checksum", args: { csumtype: "md5", path: "/fifo" } },
    { action: "checksums_out", args: { csumtype: "md5", directory: "/" } },
    { action: "copy_file_to_file", args: { src: "/fifo", dest: "/to" } },
    {
      action: "copy_file_to_file",
      args: { src: "/file", dest: "/fifo" },
      before: [["internal_write", { path: "/file", content: bytes }]],
    },
    { action: "pwrite", args: { path: "/fifo", content: bytes, offset: 0n } },
    { action: "cp", args: { src: "/fifo", dest: "/to" } },
    { action: "cp_a", args: { src: "/fifo", dest: "/to" } },
    { action: "cp_r", args: { src: "/fifo", dest: "/to" } },
    { action: "mv", args: { src: "/fifo", dest: "/to" } },
    { action: "rsync", args: { src: "/fifo", dest: "/to", archive: true } },
    { action: "rsync", args: { src: "/fifo", dest: "/to" } },
    { action: "tar_out", args: { directory: "/" } },
    { action: "chmod", args: { mode: 0o600, path: "/fifo" } },
  ];

  it.each(READERS_AND_WRITERS)("does not hold up $action", ({ action, args, file, before = [] }) => {
    const guest = makeGuest();
    try {
      guest.call("mkfifo", { mode: 0o644, path: "/fifo" });
      for (const [name, given] of before) guest.call(name, given);

      guest.call(action, args, file);

      expect(guest.call("ping_daemon").error).toBeUndefined();
    } finally {
      guest.remove();
    }
  });
});

describe("an honest guest", () => {
  let guest: TestGuest;

  beforeEach(() => {
    guest = makeGuest();
    mkdirSync(join(guest.root, "run"));
    mkdirSync(join(guest.root, "var"));
    symlinkSync("/run", join(guest.root, "var/run"));
  });
  afterEach(() => {
    guest.remove();
  });

  const WRITERS: readonly Attack[] = [
    { action: "upload", args: { remotefilename: "/var/run/file" }, file: "text" },
    { action: "internal_write", args: { path: "/var/run/file", content: new TextEncoder().encode("text") } },
    { action: "tar_in", args: { directory: "/var/run" }, file: tarArchive([{ name: "file", content: "text" }]) },
    { action: "cp_a", args: { src: "/given", dest: "/var/run/file" } },
    { action: "mv", args: { src: "/given", dest: "/var/run/file" } },
  ];

  it.each(WRITERS)("has its absolute link followed inside by $action", ({ action, args, file }) => {
    writeFileSync(join(guest.root, "given"), "text");

    const { error } = guest.call(action, args, file);

    expect(error).toBeUndefined();
    expect(readFileSync(join(guest.root, "run/file"), "utf8")).toBe("text");
    expect(readlinkSync(join(guest.root, "var/run"))).toBe("/run");
    expect(existsSync("/run/file")).toBe(false);
  });

  it("has its absolute link followed inside by tar_out and find0", () => {
    writeFileSync(join(guest.root, "run/file"), "text");

    const packed = guest.call("tar_out", { directory: "/var/run" });
    const found = guest.call("find0", { directory: "/var/run" });

    expect(Buffer.from(packed.file ?? []).includes("text")).toBe(true);
    expect(Buffer.from(found.file ?? []).toString()).toContain("file\0");
  });
});

it("the table has every action that is attacked", () => {
  const missing = ATTACKS.map(({ action }) => action).filter((action) => !Object.hasOwn(actions, action));

  expect(missing).toEqual([]);
});
