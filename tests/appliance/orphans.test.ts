/** Guest programs that leave processes behind: none stays, and the filesystem can be unmounted. In the real appliance. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { openGuestfs } from "../../engine/index.ts";
import { goldenImage } from "./support/golden-image.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-orphans-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const CALLS = 250;
/** Of each call: one that lives on, and three that end after it. */
const ORPHANS = "(sleep 1000 & : & : & : &) &";

test("sh calls that leave 1,000 orphans leave no process and no zombie", async () => {
  await using handle = await openGuestfs({ env: { ...process.env, GILD_TMPDIR: folder } }, [
    { filename: goldenImage, format: "qcow2", readonly: true },
  ]);
  const { g } = handle;
  await g.mount({ mountable: "/dev/vg0/root", mountpoint: "/" });
  const before = await g.sh({ command: "ls /proc | grep -c '^[0-9]'" });

  for (let call = 0; call < CALLS; call += 1) await g.sh({ command: `${ORPHANS} exec >/dev/null; :` });

  expect(await g.sh({ command: "ls /proc | grep -c '^[0-9]'" })).toBe(before);
  await g.umount_all();
  expect(await g.mounts()).toEqual([]);
});
