/** Our client and handle against a real libguestfs daemon: Debian's own appliance. */
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { GuestfsError, openGuestfs, type Handle } from "../../engine/index.ts";
import { debianAppliance } from "./support/debian-appliance.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-interop-"));
const disk = join(folder, "disk.img");
let handle: Handle;

beforeAll(async () => {
  writeFileSync(disk, "");
  truncateSync(disk, 128 * 1024 * 1024);
  handle = await openGuestfs({ env: process.env, path: await debianAppliance() }, [{ filename: disk, format: "raw" }]);
});
afterAll(async () => {
  await handle.close();
  rmSync(folder, { recursive: true });
});

test("partitions, makes a filesystem, mounts, writes and reads", async () => {
  const { g } = handle;
  await g.ping_daemon();
  expect(await g.list_devices()).toEqual(["/dev/sda"]);

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

test("shutdown syncs, ends qemu, and the data is on the disk", async () => {
  const pid = handle.get_pid();

  await handle.shutdown();

  expect(handle.get_state()).toBe("CONFIG");
  expect(() => process.kill(pid ?? 0, 0)).toThrow("ESRCH");
  expect(readFileSync(disk).includes(Buffer.from("hello\nworld\nagain\n"))).toBe(true);
});
