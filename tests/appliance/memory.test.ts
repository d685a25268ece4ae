/** The default memory is enough for what needs most of it: LUKS2 as cryptsetup makes it on a large host, and apt in a guest. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { openGuestfs, type Handle } from "../../engine/index.ts";
import { goldenImage } from "./support/golden-image.ts";
import { mustRun } from "./support/program.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-memory-"));
const encrypted = join(folder, "luks.img");
/** What cryptsetup takes at most: 1 GiB. It asks for as much wherever the host has 2 GiB. */
const ARGON2_KIB = 1024 * 1024;
const KEY = "a key for the test";
let handle: Handle;

beforeAll(async () => {
  writeFileSync(encrypted, "");
  truncateSync(encrypted, 64 * 1024 * 1024);
  const pbkdf = ["--pbkdf", "argon2id", "--pbkdf-memory", String(ARGON2_KIB), "--pbkdf-force-iterations", "4"];
  await mustRun("cryptsetup", ["luksFormat", "-q", "--type", "luks2", ...pbkdf, "--key-file", "-", encrypted], {
    stdin: KEY,
  });
  handle = await openGuestfs({ env: { ...process.env, GILD_MEMSIZE: undefined } }, [
    { filename: encrypted, format: "raw" },
    { filename: goldenImage, format: "qcow2", readonly: true },
  ]);
});

afterAll(async () => {
  await handle.close();
  rmSync(folder, { recursive: true });
});

test("opens a LUKS2 device whose key takes 1 GiB, and holds a filesystem in it", async () => {
  const { g } = handle;

  await g.cryptsetup_open({ device: "/dev/sda", key: KEY, mapname: "secret" });

  await g.mkfs({ fstype: "ext4", device: "/dev/mapper/secret", label: "inside" });
  expect(await g.vfs_label({ mountable: "/dev/mapper/secret" })).toBe("inside");
  await g.cryptsetup_close({ device: "/dev/mapper/secret" });
});

test("a wrong key is an error, and is not in it", async () => {
  const attempt = handle.g.cryptsetup_open({ device: "/dev/sda", key: "wrong-key-value", mapname: "secret" });

  await expect(attempt).rejects.toThrow(/^(?!.*wrong-key-value)/s);
});

test("apt of a guest runs: builds its caches and installs a package", async () => {
  const { g } = handle;
  await g.mount({ mountable: "/dev/vg0/root", mountpoint: "/" });

  await g.sh({ command: "apt-get check && apt-cache gencaches" });
  await g.sh({
    command: `set -e; d=$(mktemp -d); mkdir -p $d/p/DEBIAN $d/p/opt; echo hi > $d/p/opt/from-apt
      printf 'Package: gild-test\\nVersion: 1\\nArchitecture: all\\nMaintainer: t <t@example.org>\\nDescription: t\\n' > $d/p/DEBIAN/control
      dpkg-deb -b $d/p $d/t.deb >/dev/null && apt-get install -y $d/t.deb`,
  });

  expect(await g.cat({ path: "/opt/from-apt" })).toBe("hi\n");
});
