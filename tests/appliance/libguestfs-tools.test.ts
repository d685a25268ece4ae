/** Programs of libguestfs, unmodified, on our appliance through LIBGUESTFS_PATH. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { libguestfsEnv, mustGild, mustRun } from "./support/program.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-tools-"));
let env: Record<string, string>;

beforeAll(async () => {
  env = libguestfsEnv((await mustGild(["appliance", "path"])).trim());
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("libguestfs-test-tool passes", async () => {
  const output = await mustRun("libguestfs-test-tool", [], { env });

  expect(output).toContain("===== TEST FINISHED OK =====");
});

test("guestfish partitions, makes LVM and a filesystem, writes and reads", async () => {
  const disk = join(folder, "disk.img");
  writeFileSync(disk, "");
  truncateSync(disk, 256 * 1024 * 1024);
  const script = `run
part-disk /dev/sda gpt
pvcreate /dev/sda1
vgcreate VG /dev/sda1
lvcreate LV VG 100
mkfs ext4 /dev/VG/LV label:fish
mount /dev/VG/LV /
mkdir-p /a/b
write /a/b/c "from guestfish"
cat /a/b/c
vfs-label /dev/VG/LV
list-filesystems
tar-out /a ${join(folder, "a.tar")}
`;

  const output = await mustRun("guestfish", ["--format=raw", "-a", disk], { env, stdin: script });

  expect(output.split("\n").filter((line) => line !== "")).toEqual(["from guestfish", "fish", "/dev/VG/LV: ext4"]);
  expect(await mustRun("tar", ["-tf", join(folder, "a.tar")])).toContain("b/c");
});
