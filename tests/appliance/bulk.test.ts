/** Transfers through a disk (engine/bulk/): the same bytes, errors and state as in chunks, and nothing left in the guest. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { Handle, type GuestfsApi } from "../../engine/index.ts";
import { BULK_LEAST_IN, BULK_LEAST_OUT } from "../../schemas/index.ts";
import { mustRun, sha256File } from "./support/program.ts";

const MiB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), "gild-bulk-"));
const at = (name: string): string => join(folder, name);
let handle: Handle;
let g: GuestfsApi;

beforeAll(async () => {
  // Every upload that is not empty goes through a disk, however small.
  handle = await launched("disk.raw", 1);
  g = handle.g;
});

/** `/` and, 64 MiB large, `/small`. */
async function launched(disk: string, bulkBytes: number): Promise<Handle> {
  writeFileSync(at(disk), "");
  truncateSync(at(disk), 2048 * MiB);
  const made = new Handle({ env: process.env, bulkBytes });
  made.add_drive({ filename: at(disk), format: "raw", cachemode: "unsafe" });
  await made.launch();
  await made.g.part_init({ device: "/dev/sda", parttype: "gpt" });
  await made.g.part_add({ device: "/dev/sda", prlogex: "primary", startsect: 2048n, endsect: 133_119n });
  await made.g.part_add({ device: "/dev/sda", prlogex: "primary", startsect: 133_120n, endsect: -2048n });
  for (const device of ["/dev/sda1", "/dev/sda2"]) await made.g.mkfs({ fstype: "ext4", device });
  await made.g.mount({ mountable: "/dev/sda2", mountpoint: "/" });
  await made.g.mkdir({ path: "/small" });
  await made.g.mount({ mountable: "/dev/sda1", mountpoint: "/small" });
  return made;
}

afterAll(async () => {
  await handle.close();
  rmSync(folder, { recursive: true });
});

function source(name: string, content: Uint8Array): string {
  writeFileSync(at(name), content);
  return at(name);
}

async function sha256Guest(path: string): Promise<string> {
  return g.checksum({ csumtype: "sha256", path });
}

describe("upload and download", () => {
  const sizes = [0, 1, 511, 512, 513, 4095, 4097, BULK_LEAST_IN - 1, BULK_LEAST_IN, BULK_LEAST_IN + 1];
  const large = [BULK_LEAST_OUT - 1, BULK_LEAST_OUT, BULK_LEAST_OUT + 1, 20 * MiB + 7];

  test.each([...sizes, ...large])("%i bytes come whole, there and back", async (size) => {
    const file = source("in", randomBytes(size));

    await g.upload({ filename: file, remotefilename: "/f" });
    await g.download({ remotefilename: "/f", filename: at("out") });

    expect(await sha256Guest("/f")).toBe(await sha256File(file));
    expect(await sha256File(at("out"))).toBe(await sha256File(file));
    expect(statSync(at("out")).size).toBe(size);
  });

  test("bytes and streams go that way too, and a read-only source", async () => {
    const bytes = randomBytes(3 * MiB + 5);
    const file = source("read-only", bytes);
    await mustRun("chmod", ["0400", file]);

    await g.upload({ filename: bytes, remotefilename: "/bytes" });
    await g.upload({
      filename: (async function* () {
        for (let i = 0; i < bytes.length; i += 70_000) yield await Promise.resolve(bytes.subarray(i, i + 70_000));
      })(),
      remotefilename: "/stream",
    });
    await g.upload({ filename: file, remotefilename: "/read-only" });

    const expected = await sha256File(file);
    for (const path of ["/bytes", "/stream", "/read-only"]) expect(await sha256Guest(path)).toBe(expected);
  });

  test("a sparse file of 1 GiB stays sparse both ways", async () => {
    const file = source("sparse", new Uint8Array());
    truncateSync(file, 1024 * MiB);
    const fd = openSync(file, "r+");
    writeSync(fd, randomBytes(MiB), 0, MiB, 300 * MiB);
    closeSync(fd);

    await g.upload({ filename: file, remotefilename: "/sparse" });
    await g.download({ remotefilename: "/sparse", filename: at("sparse-out") });

    const { st_size, st_blocks } = await g.statns({ path: "/sparse" });
    expect([st_size, st_blocks * 512n < BigInt(8 * MiB)]).toEqual([BigInt(1024 * MiB), true]);
    expect(statSync(at("sparse-out")).blocks * 512).toBeLessThan(8 * MiB);
    await mustRun("cmp", [file, at("sparse-out")]);
    await g.rm({ path: "/sparse" });
  });

  test("a file that is one hole takes no room", async () => {
    const file = source("hole", new Uint8Array());
    truncateSync(file, 64 * MiB + 5);

    await g.upload({ filename: file, remotefilename: "/hole" });

    const { st_size, st_blocks } = await g.statns({ path: "/hole" });
    expect([st_size, st_blocks <= 8n]).toEqual([BigInt(64 * MiB + 5), true]);
    expect(await g.is_zero({ path: "/hole" })).toBe(true);
    await g.rm({ path: "/hole" });
  });

  test("keeps mode and owner of a file that is there, truncates it, gives a new one 0644", async () => {
    await g.write({ path: "/kept", content: Buffer.alloc(3 * MiB, 1) });
    await g.chmod({ mode: 0o640, path: "/kept" });
    await g.chown({ owner: 7, group: 8, path: "/kept" });

    await g.upload({ filename: source("in", randomBytes(MiB)), remotefilename: "/kept" });
    await g.upload({ filename: at("in"), remotefilename: "/fresh" });

    const { st_mode, st_uid, st_gid, st_size } = await g.statns({ path: "/kept" });
    expect([Number(st_mode) & 0o7777, st_uid, st_gid, st_size]).toEqual([0o640, 7n, 8n, BigInt(MiB)]);
    expect(Number((await g.statns({ path: "/fresh" })).st_mode) & 0o7777).toBe(0o644);
  });

  test("50 uploads in a row leave nothing behind", async () => {
    for (let index = 0; index < 50; index += 1) {
      await g.upload({ filename: source("in", randomBytes(64 * 1024 + index)), remotefilename: `/many${index}` });
      expect(await sha256Guest(`/many${index}`)).toBe(await sha256File(at("in")));
    }

    expect(await g.list_devices()).toEqual(["/dev/sda"]);
  });
});

describe("what the disk holds means nothing to the appliance", () => {
  test("a partition table and LVM's and ext4's marks in an upload have no effect", async () => {
    const image = source("table", new Uint8Array());
    truncateSync(image, 16 * MiB);
    await mustRun("sfdisk", ["-q", image], { stdin: "label: gpt\nstart=2048, size=4096\n" });
    const fd = openSync(image, "r+");
    writeSync(fd, Buffer.from("LABELONE"), 0, 8, 512);
    writeSync(fd, Buffer.of(0x53, 0xef), 0, 2, 1080);
    closeSync(fd);
    const before = [await g.list_devices(), await g.list_partitions(), await g.pvs(), await g.list_filesystems()];

    await g.upload({ filename: image, remotefilename: "/table" });

    expect(await sha256Guest("/table")).toBe(await sha256File(image));
    expect([await g.list_devices(), await g.list_partitions(), await g.pvs(), await g.list_filesystems()]).toEqual(
      before,
    );
  });
});

describe("errors", () => {
  test.each([
    ["ENOENT", "/none/f"],
    ["EISDIR", "/lost+found"],
  ])("%s, and the next call works", async (errno, remotefilename) => {
    const call = g.upload({ filename: source("in", randomBytes(MiB)), remotefilename });

    await expect(call).rejects.toMatchObject({ name: "GuestfsError", errno });
    await g.ping_daemon();
  });

  test("a link in the guest leads into the guest, never into the appliance", async () => {
    await g.ln_s({ target: "/etc/gild-escape", linkname: "/link" });
    await g.mkdir_p({ path: "/etc" });

    await g.upload({ filename: source("in", randomBytes(MiB)), remotefilename: "/link" });

    expect(await sha256Guest("/etc/gild-escape")).toBe(await sha256File(at("in")));
  });

  test("a full filesystem gives ENOSPC and can be used again", async () => {
    const huge = source("huge", randomBytes(80 * MiB));

    await expect(g.upload({ filename: huge, remotefilename: "/small/f" })).rejects.toMatchObject({ errno: "ENOSPC" });

    await g.rm({ path: "/small/f" });
    await g.upload({ filename: source("in", randomBytes(MiB)), remotefilename: "/small/f" });
    expect(await sha256Guest("/small/f")).toBe(await sha256File(at("in")));
  });

  test("a source that changes its size meanwhile is an error", async () => {
    const file = source("changing", randomBytes(8 * MiB));

    const call = g.upload({ filename: file, remotefilename: "/changing" });
    const changed = plugged(file).then(() => truncateSync(file, MiB));

    await expect(Promise.all([call, changed])).rejects.toMatchObject({ name: "GuestfsError", errno: "EIO" });
  });

  test("a source that is removed meanwhile comes whole", async () => {
    const file = source("gone", randomBytes(8 * MiB));
    const expected = await sha256File(file);

    await Promise.all([g.upload({ filename: file, remotefilename: "/gone" }), plugged(file).then(() => rmSync(file))]);

    expect(await sha256Guest("/gone")).toBe(expected);
  });

  test("an abort in the middle ends the call with its reason and leaves the connection usable", async () => {
    const file = source("aborted", new Uint8Array());
    await mustRun("fallocate", ["-l", String(1000 * MiB), file]);
    const stop = new AbortController();
    const reason = new Error("enough");

    const call = g.upload({ filename: file, remotefilename: "/aborted" }, { signal: stop.signal });
    const aborted = plugged(file).then(() => stop.abort(reason));

    await expect(Promise.all([call, aborted])).rejects.toBe(reason);
    await g.rm_f({ path: "/aborted" });
    await g.upload({ filename: source("in", randomBytes(MiB)), remotefilename: "/after" });
    expect(await sha256Guest("/after")).toBe(await sha256File(at("in")));
  });
});

describe("tar", () => {
  test("3,000 small files through a disk are those in chunks, and tar-out gives them back", async () => {
    await mustRun("sh", ["-c", 'mkdir "$0" && cd "$0" && for i in $(seq 3000); do echo $i > f$i; done', at("tree")]);
    await mustRun("tar", ["-C", at("tree"), "-cf", at("t.tar"), "."]);
    await using chunked = await launched("chunked.raw", 0);

    for (const api of [g, chunked.g]) {
      await api.mkdir({ path: "/t" });
      await api.tar_in({ tarfile: at("t.tar"), directory: "/t" });
    }
    await g.tar_out({ directory: "/t", tarfile: at("back.tar") });

    const sums = [g, chunked.g].map(async (api, index) => {
      const sumsfile = at(`sums${index}`);
      await api.checksums_out({ csumtype: "sha256", directory: "/t", sumsfile });
      return readFileSync(sumsfile, "utf8").split("\n").toSorted();
    });
    const [disk, chunks] = await Promise.all(sums);
    expect(disk).toEqual(chunks);
    expect(disk?.length).toBe(3001);
    await mustRun("mkdir", [at("back")]);
    await mustRun("tar", ["-xf", at("back.tar"), "-C", at("back")]);
    await mustRun("diff", ["-r", at("tree"), at("back")]);
  });
});

/** Resolves when qemu has the file open as a disk: the engine has looked at its size, the daemon has not begun to read. */
async function plugged(path: string): Promise<void> {
  const folderOfFds = `/proc/${handle.get_pid()}/fd`;
  const isOpen = (fd: string): boolean => {
    try {
      return readlinkSync(join(folderOfFds, fd)) === path;
    } catch {
      return false;
    }
  };
  while (!readdirSync(folderOfFds).some(isOpen)) await new Promise((resolve) => setImmediate(resolve));
}
