/** Drives that another program serves: a network block device over a Unix socket, written, and read without being written. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { openGuestfs, type AddDrive } from "../../engine/index.ts";
import { sha256File } from "./support/program.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-remote-"));
const disk = join(folder, "disk.img");
const socket = join(folder, "nbd.sock");
let server: ChildProcess;

const drive: AddDrive = { filename: "/export", format: "raw", protocol: "nbd", server: [`unix:${socket}`] };

beforeAll(async () => {
  writeFileSync(disk, "");
  truncateSync(disk, 64 * 1024 * 1024);
  const options = ["--persistent", "--format=raw", "--export-name=export", "--shared=4", `--socket=${socket}`];
  server = spawn("qemu-nbd", [...options, disk], { stdio: ["ignore", "ignore", "pipe"] });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.on("exit", (status) => reject(new Error(`qemu-nbd ended with ${status}`)));
    const look = (): void => {
      if (existsSync(socket)) resolve();
      else setImmediate(look);
    };
    look();
  });
});

afterAll(() => {
  server.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

test("is written to, through the server", async () => {
  const handle = await openGuestfs({ env: process.env }, [drive]);
  try {
    await handle.g.mkfs({ fstype: "ext2", device: "/dev/sda", label: "remote" });
    await handle.g.mount({ mountable: "/dev/sda", mountpoint: "/" });
    await handle.g.write({ path: "/hello", content: "over the network" });
    await handle.shutdown();
  } finally {
    await handle.close();
  }

  expect(readFileSync(disk).includes("over the network")).toBe(true);
});

test("is read without being written", async () => {
  const before = await sha256File(disk);
  const handle = await openGuestfs({ env: process.env }, [{ ...drive, readonly: true, copyonread: true }]);
  try {
    await handle.g.mount({ mountable: "/dev/sda", mountpoint: "/" });
    expect(await handle.g.cat({ path: "/hello" })).toBe("over the network");
    await handle.g.rm({ path: "/hello" });
    await handle.shutdown();
  } finally {
    await handle.close();
  }

  expect(await sha256File(disk)).toBe(before);
});

test("that nobody serves fails the launch with what qemu says", async () => {
  const nobody: AddDrive = { ...drive, server: [`unix:${join(folder, "none.sock")}`] };

  await expect(openGuestfs({ env: process.env }, [nobody])).rejects.toThrow(/none\.sock/);
});
