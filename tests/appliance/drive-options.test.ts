/** What add_drive may be told of a drive, as the guest and the host see it: label, sector size, discard, read-only. */
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { openGuestfs, type AddDrive } from "../../engine/index.ts";

const MiB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), "gild-options-"));
afterAll(() => rmSync(folder, { recursive: true }));

function full(name: string, options: Partial<AddDrive>): AddDrive {
  const filename = join(folder, name);
  writeFileSync(filename, Buffer.alloc(4 * MiB, name));
  return { filename, format: "raw", ...options };
}

const bytesOnHost = ({ filename }: AddDrive): number => statSync(filename).blocks * 512;

test("drives are what they were said to be", async () => {
  const labelled = full("labelled", { label: "data" });
  const large = full("large", { blocksize: 4096 });
  const discarding = full("discarding", { discard: "enable" });
  const keeping = full("keeping", {});
  const readonly = full("readonly", { readonly: true, label: "seen" });
  const before = readFileSync(readonly.filename);
  const handle = await openGuestfs({ env: process.env }, [labelled, large, discarding, keeping, readonly]);
  const { g } = handle;

  const labels = await g.list_disk_labels();
  const sectors = [await g.blockdev_getss({ device: "/dev/sda" }), await g.blockdev_getss({ device: "/dev/sdb" })];
  await g.pwrite_device({ device: "/dev/disk/guestfs/data", content: Buffer.from("by its label"), offset: 0n });
  await g.pwrite_device({ device: "/dev/disk/guestfs/seen", content: Buffer.from("thrown away"), offset: 0n });
  const changed = await g.pread_device({ device: "/dev/sde", count: 11, offset: 0n });
  await g.blkdiscard({ device: "/dev/sdc" });
  await g.blkdiscard({ device: "/dev/sdd" }).catch(() => undefined);
  await handle.shutdown();

  expect(labels).toEqual([
    ["data", "/dev/sda"],
    ["seen", "/dev/sde"],
  ]);
  expect(sectors).toEqual([512, 4096]);
  expect(readFileSync(labelled.filename, "latin1").startsWith("by its label")).toBe(true);
  expect(Buffer.from(changed).toString()).toBe("thrown away");
  expect(readFileSync(readonly.filename).equals(before)).toBe(true);
  expect([bytesOnHost(discarding), bytesOnHost(keeping)]).toEqual([0, 4 * MiB]);
});

test("without autosync nothing is asked of the daemon at the end; what was synced is on the disk", async () => {
  const disk = join(folder, "synced.img");
  writeFileSync(disk, "");
  truncateSync(disk, 16 * MiB);
  const traced: string[] = [];
  const handle = await openGuestfs({ env: process.env }, [{ filename: disk, format: "raw" }]);
  handle.set_event_callback((event) => traced.push(event.event === "trace" ? event.action : ""), ["trace"]);
  handle.set_autosync({ autosync: false });
  await handle.g.pwrite_device({ device: "/dev/sda", content: Buffer.from("synced by hand"), offset: 0n });
  await handle.g.sync();
  await handle.shutdown();

  expect(traced).toEqual(["pwrite_device", "sync"]);
  expect(readFileSync(disk, "latin1").startsWith("synced by hand")).toBe(true);
});
