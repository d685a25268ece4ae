/**
 * The protocol under stress in a real appliance: transfers cancelled at random places from both ends, the ends that nobody asked
 * for, and twenty handles at once. What needs no VM is in tests/engine/protocol-stress.test.ts.
 */
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import { Handle, openGuestfs, type AddDrive, type GuestfsApi } from "../../engine/index.ts";
import { BULK_LEAST_OUT } from "../../schemas/index.ts";
import { randomFrom } from "../engine/random.ts";
import { makeSmallGuest, SMALL_OFFSET } from "./support/small-guest.ts";

const MiB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), "gild-stress-"));
const env = { ...process.env, GILD_TMPDIR: folder };
afterAll(() => rmSync(folder, { recursive: true }));

function blank(name: string, sizeBytes: number): AddDrive {
  const filename = join(folder, name);
  writeFileSync(filename, "");
  truncateSync(filename, sizeBytes);
  return { filename, format: "raw" };
}

const enough = new Error("enough");

/** A source of pieces of an odd size that calls `at` when so many bytes have been taken. */
async function* source(offset: number, at: () => void): AsyncGenerator<Uint8Array> {
  for (let taken = 0; taken < offset; taken += 5000) yield await Promise.resolve(new Uint8Array(5000));
  at();
  yield new Uint8Array(5000);
}

/** A sink that calls `at` when so many bytes have come. */
function sink(offset: number, at: () => void): (piece: Uint8Array) => void {
  let taken = 0;
  return (piece) => {
    taken += piece.length;
    if (taken >= offset) at();
  };
}

function fail(): never {
  throw enough;
}

/** Each cancels one transfer when `offset` bytes have passed, and gives the error that the caller sees. */
const cancellations: Readonly<Record<string, (g: GuestfsApi, offset: number) => Promise<void>>> = {
  "an upload, by the caller": (g, offset) => {
    const stop = new AbortController();
    const filename = source(offset, () => stop.abort(enough));
    return g.upload({ filename, remotefilename: "/srv/up" }, { signal: stop.signal });
  },
  "an upload, by its source": (g, offset) => g.upload({ filename: source(offset, fail), remotefilename: "/srv/up" }),
  // Past the end of the disk nothing can be written.
  "an upload, by the daemon": (g, offset) =>
    g.upload_offset({
      filename: Buffer.alloc(offset + 5000),
      remotefilename: "/dev/sdb",
      offset: BigInt(8 * MiB - offset),
    }),
  "a download, by the caller": (g, offset) => {
    const stop = new AbortController();
    const filename = sink(offset, () => stop.abort(enough));
    return g.download({ remotefilename: "/srv/file", filename }, { signal: stop.signal });
  },
  "a download, by its sink": (g, offset) => g.download({ remotefilename: "/srv/file", filename: sink(offset, fail) }),
  "a download, by the daemon": (g, offset) =>
    g.command_out({
      arguments: ["/bin/busybox", "sh", "-c", `busybox head -c ${offset} /dev/zero; exit 3`],
      output: sink(Infinity, fail),
    }),
};

describe.each([
  ["in chunks", 0, 50, MiB],
  // Smaller downloads do not go through a disk.
  ["through disks", 1, 20, BULK_LEAST_OUT + MiB],
])("%s", (_how, bulkBytes, transfers, fileSize) => {
  test("transfers of each kind that are cancelled at random places leave the handle in step", async () => {
    const image = join(folder, "guest.img");
    await makeSmallGuest(image);
    const handle = new Handle({ env, bulkBytes });
    handle.add_drive({ filename: image, format: "raw" });
    handle.add_drive(blank("end.img", 8 * MiB));
    await handle.launch();
    const { g } = handle;
    await g.mount({ mountable: "/dev/sda1", mountpoint: "/" });
    const content = Buffer.alloc(fileSize, "content of a file ");
    await g.upload({ filename: content, remotefilename: "/srv/file" });
    const random = randomFrom(20_251);
    const outcomes: string[] = [];

    for (let transfer = 0; transfer < transfers; transfer += 1) {
      for (const [kind, cancel] of Object.entries(cancellations)) {
        const word = `${kind} ${transfer}`;
        const error: unknown = await cancel(g, random(fileSize - 1) + 1).catch((caught: unknown) => caught);
        const isExpected = kind.endsWith("daemon")
          ? error instanceof Error && error.name === "GuestfsError"
          : error === enough;
        const isInStep = (await g.echo_daemon({ words: [word] })) === word;
        if (!isExpected || !isInStep) outcomes.push(`${word}: ${String(error)}`);
      }
    }
    const whole = await g.read_file({ path: "/srv/file" });
    await handle.shutdown();

    expect(outcomes).toEqual([]);
    expect(Buffer.from(whole).equals(content)).toBe(true);
    // The last thing said reached the disk: the filesystem is where it was.
    expect(readFileSync(image).readUInt16LE(SMALL_OFFSET + 1024 + 56)).toBe(0xef53);
  });
});

test("a daemon that dies in a call is an error with the console's end, and the handle is closed", async () => {
  const handle = await openGuestfs({ env }, []);
  const { g } = handle;

  const error: unknown = await g
    .debug({ subcmd: "sh", extraargs: ["kill -KILL $PPID"] })
    .catch((caught: unknown) => caught);

  expect(error).toMatchObject({ name: "LaunchError", code: "appliance-ended" });
  expect(error).toMatchObject({ console: expect.arrayContaining([expect.stringContaining("daemon ended")]) });
  await expect(g.ping_daemon()).rejects.toMatchObject({ code: "closed" });
  await handle.close();
});

test.each([
  ["a plain call", (g: GuestfsApi) => g.sleep({ secs: 600 })],
  ["an upload", (g: GuestfsApi) => g.upload({ filename: "/dev/zero", remotefilename: "/dev/sda" })],
  ["a download", (g: GuestfsApi) => g.download({ remotefilename: "/dev/sda", filename: "/dev/null" })],
])("qemu that is killed in %s is an error at once, and the handle is closed", async (_what, begin) => {
  const handle = await openGuestfs({ env }, [blank("killed.img", 4096 * MiB)]);
  const { g } = handle;

  const call = begin(g);
  process.kill(handle.get_pid() ?? 0, "SIGKILL");

  await expect(call).rejects.toMatchObject({ name: "LaunchError", code: "appliance-ended" });
  await expect(g.ping_daemon()).rejects.toMatchObject({ code: "closed" });
  await handle.close();
});

test("twenty handles at once work on their own disks", async () => {
  const numbers = Array.from({ length: 20 }, (_, index) => index);
  const drives = numbers.map((number) => blank(`many${number}.img`, (number + 1) * MiB));

  const handles = await Promise.all(drives.map(async (drive) => openGuestfs({ env }, [drive])));
  const pids = new Set(handles.map((handle) => handle.get_pid()));
  const sizes = await Promise.all(
    handles.map(async ({ g }, number) => {
      const device = "/dev/sda";
      await g.pwrite_device({ device, content: Buffer.from(`disk ${number}`), offset: 4096n });
      return Number(await g.blockdev_getsize64({ device }));
    }),
  );
  await Promise.all(handles.map(async (handle) => handle.shutdown()));

  expect(pids.size).toBe(20);
  expect(sizes).toEqual(numbers.map((number) => (number + 1) * MiB));
  for (const [number, { filename }] of drives.entries()) {
    const word = `disk ${number}\0`;
    expect(readFileSync(filename).toString("latin1", 4096, 4096 + word.length)).toBe(word);
  }
});
