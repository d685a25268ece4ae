/** Our own appliance: launch, drives, and the ends that nobody asked for. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { afterAll, expect, test } from "vitest";

import { Handle, openGuestfs, type AddDrive } from "../../engine/index.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-launch-"));
const env = { ...process.env, GILD_TMPDIR: folder };
afterAll(() => rmSync(folder, { recursive: true }));

const MiB = 1024 * 1024;

function blank(name: string, sizeBytes: number): string {
  const path = join(folder, name);
  writeFileSync(path, "");
  truncateSync(path, sizeBytes);
  return path;
}

async function isGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await wait(50);
  }
  return false;
}

test("launches, works, and shuts down with the data on the disk", async () => {
  const disk = blank("session.img", 256 * MiB);
  const handle = await openGuestfs({ env }, [{ filename: disk, format: "raw" }]);
  const { g } = handle;

  await g.part_disk({ device: "/dev/sda", parttype: "gpt" });
  await g.mkfs({ fstype: "ext4", device: "/dev/sda1" });
  await g.mount({ mountable: "/dev/sda1", mountpoint: "/" });
  await g.write({ path: "/hello", content: "content of the file\n" });
  const back = await g.cat({ path: "/hello" });
  await handle.shutdown();

  expect(back).toBe("content of the file\n");
  expect(readFileSync(disk).includes(Buffer.from("content of the file\n"))).toBe(true);
});

test("names drives in the order they were added, whatever the kernel calls them", async () => {
  const sizes = [8, 5, 9, 6, 7, 10].map((size) => size * MiB);
  const drives = sizes.map((size, at): AddDrive => ({ filename: blank(`drive${at}.img`, size), format: "raw" }));
  await using handle = await openGuestfs({ env }, drives);
  const { g } = handle;

  const devices = await g.list_devices();
  const found: number[] = [];
  for (const device of devices) found.push(Number(await g.blockdev_getsize64({ device })));

  expect(devices).toEqual(["/dev/sda", "/dev/sdb", "/dev/sdc", "/dev/sdd", "/dev/sde", "/dev/sdf"]);
  expect(found).toEqual(sizes);
});

test("never writes a read-only drive, though the guest can", async () => {
  const disk = blank("readonly.img", 64 * MiB);
  const before = readFileSync(disk);
  const handle = await openGuestfs({ env }, [{ filename: disk, format: "raw", readonly: true }]);

  await handle.g.mkfs({ fstype: "ext2", device: "/dev/sda" });
  await handle.shutdown();

  expect(readFileSync(disk).equals(before)).toBe(true);
});

test("refuses a drive that another appliance writes", async () => {
  const drive: AddDrive = { filename: blank("shared.img", MiB), format: "raw" };
  await using first = await openGuestfs({ env }, [drive]);

  await expect(openGuestfs({ env }, [drive])).rejects.toMatchObject({ name: "LaunchError", code: "drive-unusable" });
  expect(first.get_state()).toBe("READY");
});

test("an appliance that is killed in a call is an error at once, not a hang", async () => {
  const handle = await openGuestfs({ env }, [{ filename: blank("killed.img", 256 * MiB), format: "raw" }]);
  const call = handle.g.upload({ filename: "/dev/zero", remotefilename: "/dev/sda" });

  process.kill(handle.get_pid() ?? 0, "SIGKILL");

  await expect(call).rejects.toMatchObject({ name: "LaunchError", code: "appliance-ended" });
  await expect(handle.g.ping_daemon()).rejects.toMatchObject({ code: "closed" });
  await handle.close();
});

test("a client that is killed leaves no qemu behind", async () => {
  const program = fileURLToPath(new URL("support/launch-and-wait.ts", import.meta.url));
  const client = spawn(process.execPath, ["--import", "tsx", program, blank("orphan.img", MiB)], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const qemu = await new Promise<number>((resolve, reject) => {
    client.stdout.once("data", (text: Uint8Array) => resolve(Number(Buffer.from(text).toString())));
    client.once("close", () => reject(new Error("the client ended before it had launched")));
  });

  client.kill("SIGKILL");

  expect(qemu).toBeGreaterThan(1);
  expect(await isGone(qemu)).toBe(true);
});

test.each([
  ["a boot", false, 700],
  ["a restore", true, 40],
])("an abort during %s leaves no qemu behind", async (_what, template, afterMs) => {
  const handle = new Handle({ env, template, signal: AbortSignal.timeout(afterMs) });
  const launched = handle.launch();

  await expect(launched).rejects.toMatchObject({ name: "TimeoutError" });
  expect(handle.get_state()).toBe("CONFIG");
  expect(handle.get_pid()).toBeUndefined();
});
