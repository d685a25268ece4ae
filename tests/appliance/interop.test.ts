/** Our client and handle against a real libguestfs daemon: Debian's own appliance. */
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { GuestfsError, openGuestfs, type Handle } from "../../engine/index.ts";
import { debianAppliance } from "./support/debian-appliance.ts";
import { mustRun } from "./support/program.ts";
import { makeSmallGuest } from "./support/small-guest.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-interop-"));
const disk = join(folder, "disk.img");
const storage = join(folder, "storage.img");
const guest = join(folder, "guest.img");
let handle: Handle;

beforeAll(async () => {
  writeFileSync(disk, "");
  truncateSync(disk, 64 * 1024 * 1024);
  writeFileSync(storage, "");
  truncateSync(storage, 64 * 1024 * 1024);
  await makeSmallGuest(guest);
  handle = await openGuestfs({ env: process.env, path: await debianAppliance() }, [
    { filename: disk, format: "raw" },
    { filename: storage, format: "raw", label: "storage" },
    { filename: guest, format: "raw", readonly: true },
  ]);
});
afterAll(async () => {
  await handle.close();
  rmSync(folder, { recursive: true });
});

test("partitions, makes a filesystem, mounts, writes and reads", async () => {
  const { g } = handle;
  await g.ping_daemon();
  expect(await g.list_devices()).toEqual(["/dev/sda", "/dev/sdb", "/dev/sdc"]);

  await g.part_disk({ device: "/dev/sda", parttype: "gpt" });
  await g.mkfs({ fstype: "ext4", device: "/dev/sda1", label: "interop" });
  await g.mount({ mountable: "/dev/sda1", mountpoint: "/" });
  await g.mkdir_p({ path: "/a/b" });
  await g.write({ path: "/a/b/hello", content: "hello\nworld\n" });
  await g.write_append({ path: "/a/b/hello", content: "again\n" });

  expect(await g.cat({ path: "/a/b/hello" })).toBe("hello\nworld\nagain\n");
  expect(await g.read_lines({ path: "/a/b/hello" })).toEqual(["hello", "world", "again"]);
  expect(await g.ls({ directory: "/" })).toEqual(["a", "lost+found"]);
  expect(await g.find({ directory: "/a" })).toEqual(["b", "b/hello"]);
  expect(await g.vfs_label({ mountable: "/dev/sda1" })).toBe("interop");
  expect(await g.is_dir({ path: "/a/b" })).toBe(true);
  expect(await g.stat({ path: "/a/b/hello" })).toMatchObject({ size: 18n, uid: 0n });
  expect((await g.lstatnslist({ path: "/a", names: ["b", "none"] })).map((stat) => stat.st_ino > 0n)).toEqual([
    true,
    false,
  ]);
});

test("file names that are not UTF-8 come back as they are", async () => {
  const { g } = handle;

  await g.touch({ path: "/a/\udcff\udcfe" });

  expect(await g.ls({ directory: "/a" })).toContain("\udcff\udcfe");
});

test("uploads and downloads 20 MB", async () => {
  const { g } = handle;
  const bytes = randomBytes(20_000_001);
  const local = join(folder, "download");

  await g.upload({ filename: bytes, remotefilename: "/big" });
  await g.download({ remotefilename: "/big", filename: local });

  expect(readFileSync(local).equals(bytes)).toBe(true);
  expect(await g.checksum({ csumtype: "sha256", path: "/big" })).toBe(createHash("sha256").update(bytes).digest("hex"));
});

test("the daemon's errors have their errno", async () => {
  const { g } = handle;

  const error: unknown = await g.mkdir({ path: "/none/x" }).catch((caught: unknown) => caught);

  expect(error).toBeInstanceOf(GuestfsError);
  expect(error).toMatchObject({ action: "mkdir", errno: "ENOENT" });
});

test("the daemon cancels an upload that does not fit, and the connection stays usable", async () => {
  const { g } = handle;
  async function* tooMuch(): AsyncGenerator<Uint8Array> {
    const piece = new Uint8Array(65_536);
    for (;;) yield await Promise.resolve(piece);
  }

  await expect(g.upload({ filename: tooMuch(), remotefilename: "/full" })).rejects.toMatchObject({
    name: "GuestfsError",
    reason: "write error: /full", // libguestfs's daemon gives no errno here
  });

  await g.rm({ path: "/full" });
  await g.ping_daemon();
});

test("an aborted download stops, and the connection stays usable", async () => {
  const { g } = handle;
  const stop = new AbortController();
  let received = 0;

  const call = g.download(
    {
      remotefilename: "/big",
      filename: (piece) => {
        received += piece.length;
        stop.abort(new Error("enough"));
      },
    },
    { signal: stop.signal },
  );

  await expect(call).rejects.toThrow("enough");
  expect(received).toBeLessThan(20_000_001);
  await g.ping_daemon();
});

test("optional arguments and feature groups", async () => {
  const { g } = handle;

  await g.available({ groups: ["lvm2", "linuxxattrs"] });

  expect(await g.feature_available({ groups: ["acl", "lvm2"] })).toBe(true);
  await expect(g.available({ groups: ["no-such-group"] })).rejects.toMatchObject({ errno: "EINVAL" });
});

test("names, metadata and contents of files", async () => {
  const { g } = handle;
  await g.mkdir_p({ path: "/files/sub" });
  await g.write({ path: "/files/text", content: "one\ntwo\nthree\n" });
  await g.ln_s({ target: "text", linkname: "/files/link" });
  await g.chmod({ mode: 0o640, path: "/files/text" });
  await g.chown({ owner: 7, group: 8, path: "/files/text" });
  await g.setxattr({ xattr: "user.note", val: "kept", vallen: 4, path: "/files/text" });

  const names = ["link", "none", "text"];
  expect((await g.readdir({ dir: "/files" })).map(({ name }) => name).toSorted()).toEqual([
    ".",
    "..",
    "link",
    "sub",
    "text",
  ]);
  expect(await g.lstat({ path: "/files/text" })).toMatchObject({ mode: 0o100640n, uid: 7n, gid: 8n, size: 14n });
  expect((await g.lstatlist({ path: "/files", names })).map(({ ino }) => ino > 0n)).toEqual([true, false, true]);
  expect(await g.readlinklist({ path: "/files", names })).toEqual(["text", "", ""]);
  expect((await g.lxattrlist({ path: "/files", names: ["text"] })).map(({ attrname }) => attrname)).toContain(
    "user.note",
  );
  expect(Buffer.from(await g.getxattr({ path: "/files/text", name: "user.note" })).toString()).toBe("kept");
  expect(await g.head_n({ nrlines: 2, path: "/files/text" })).toEqual(["one", "two"]);
  expect(await g.grep({ regex: "T", path: "/files/text", insensitive: true })).toEqual(["two", "three"]);
  expect(await g.glob_expand({ pattern: "/files/t*" })).toEqual(["/files/text"]);
  expect(await g.realpath({ path: "/files/link" })).toBe("/files/text");
  expect(await g.wc_l({ path: "/files/text" })).toBe(3);
  expect(Buffer.from(await g.pread({ path: "/files/text", count: 3, offset: 4n })).toString()).toBe("two");
  expect(await g.exists({ path: "/files/none" })).toBe(false);
  expect((await g.statvfs({ path: "/" })).bsize).toBeGreaterThan(0n);
});

test("archives and streams, both ways", async () => {
  const { g } = handle;
  mkdirSync(join(folder, "tree"));
  writeFileSync(join(folder, "tree", "file"), "in a tree\n");

  await g.copy_in({ localpath: join(folder, "tree"), remotedir: "/" });
  await g.tar_out({ directory: "/tree", tarfile: join(folder, "tree.tgz"), compress: "gzip" });
  await g.mkdir({ path: "/unpacked" });
  await g.tgz_in({ tarball: join(folder, "tree.tgz"), directory: "/unpacked" });
  await g.base64_in({ base64file: Buffer.from("aGVsbG8K"), filename: "/decoded" });
  await g.copy_out({ remotepath: "/unpacked", localdir: folder });
  await g.compress_out({ ctype: "gzip", file: "/decoded", zfile: join(folder, "decoded.gz") });
  await g.checksums_out({ csumtype: "md5", directory: "/tree", sumsfile: join(folder, "sums") });

  expect(await mustRun("tar", ["-tzf", join(folder, "tree.tgz")])).toBe("./\n./file\n");
  expect(readFileSync(join(folder, "unpacked/file"), "utf8")).toBe("in a tree\n");
  expect(await mustRun("zcat", [join(folder, "decoded.gz")])).toBe("hello\n");
  expect(readFileSync(join(folder, "sums"), "utf8")).toContain(createHash("md5").update("in a tree\n").digest("hex"));
});

test("partitions, LVM and filesystems", async () => {
  const { g } = handle;

  await g.part_init({ device: "/dev/sdb", parttype: "gpt" });
  await g.part_add({ device: "/dev/sdb", prlogex: "p", startsect: 2048n, endsect: 65_535n });
  await g.part_add({ device: "/dev/sdb", prlogex: "p", startsect: 65_536n, endsect: -34n });
  await g.part_set_name({ device: "/dev/sdb", partnum: 1, name: "first" });
  await g.pvcreate({ device: "/dev/sdb1" });
  await g.vgcreate({ volgroup: "VG", physvols: ["/dev/sdb1"] });
  await g.lvcreate({ logvol: "LV", volgroup: "VG", mbytes: 8 });
  await g.mke2fs({ device: "/dev/VG/LV", fstype: "ext2", blocksize: 1024n, label: "volume" });
  await g.mkfs({ fstype: "vfat", device: "/dev/sdb2" });

  expect((await g.part_list({ device: "/dev/sdb" })).map(({ part_num, part_start }) => [part_num, part_start])).toEqual(
    [
      [1, 1_048_576n],
      [2, 33_554_432n],
    ],
  );
  expect(await g.part_get_name({ device: "/dev/sdb", partnum: 1 })).toBe("first");
  expect(await g.lvs()).toEqual(["/dev/VG/LV"]);
  expect(await g.lvs_full()).toMatchObject([{ lv_name: "LV", lv_size: 8n << 20n }]);
  expect(await g.vgs_full()).toMatchObject([{ vg_name: "VG", pv_count: 1n, lv_count: 1n }]);
  expect(await g.list_filesystems()).toEqual(
    expect.arrayContaining([
      ["/dev/sdb2", "vfat"],
      ["/dev/VG/LV", "ext2"],
    ]),
  );
  expect(new Map(await g.list_disk_labels())).toEqual(
    new Map([
      ["storage", "/dev/sdb"],
      ["storage1", "/dev/sdb1"],
      ["storage2", "/dev/sdb2"],
    ]),
  );
  expect(new Map(await g.tune2fs_l({ device: "/dev/VG/LV" })).get("Filesystem volume name")).toBe("volume");
  expect(await g.blockdev_getsize64({ device: "/dev/sdb" })).toBe(64n << 20n);
});

test("inspection, programs of the guest, and Augeas", async () => {
  const { g } = handle;
  await g.umount_all();

  expect(await g.inspect_os()).toEqual(["/dev/sdc1"]);
  const root = "/dev/sdc1";
  expect(await g.inspect_get_mountpoints({ root })).toEqual([["/", root]]);
  expect([await g.inspect_get_distro({ root }), await g.inspect_get_major_version({ root })]).toEqual(["debian", 12]);
  expect(await g.inspect_get_osinfo({ root })).toBe("debian12");
  await g.mount({ mountable: root, mountpoint: "/" });
  expect(await g.inspect_list_applications2({ root })).toMatchObject([
    { app2_name: "busybox", app2_epoch: 1, app2_version: "1.35.0", app2_release: "4" },
  ]);
  expect(await g.command({ arguments: ["/bin/id", "-un"] })).toBe("root\n");
  expect(await g.sh_lines({ command: "cat /etc/hostname" })).toEqual(["small"]);
  await expect(g.sh({ command: "echo no >&2; exit 3" })).rejects.toMatchObject({
    reason: expect.stringContaining("no"),
  });
  expect(await g.file_architecture({ filename: "/bin/busybox" })).toBe("x86_64");

  await g.aug_init({ root: "/", flags: 0 });
  expect(await g.aug_get({ augpath: "/files/etc/passwd/anna/uid" })).toBe("1000");
  await g.aug_set({ augpath: "/files/etc/hostname/hostname", val: "renamed" });
  await g.aug_save();
  await g.aug_close();
  expect(await g.cat({ path: "/etc/hostname" })).toBe("renamed\n");
});

test("an action that only newer daemons have is an error, and the connection stays usable", async () => {
  const { g } = handle;

  await expect(g.command_out({ arguments: ["true"], output: () => undefined })).rejects.toMatchObject({
    name: "GuestfsError",
    reason: expect.stringContaining("unknown procedure number 516"),
  });

  await g.ping_daemon();
});

test("shutdown syncs, ends qemu, and the data is on the disk", async () => {
  const pid = handle.get_pid();

  await handle.shutdown();

  expect(handle.get_state()).toBe("CONFIG");
  expect(() => process.kill(pid ?? 0, 0)).toThrow("ESRCH");
  expect(readFileSync(disk).includes(Buffer.from("hello\nworld\nagain\n"))).toBe(true);
});
