import { expect, test } from "vitest";

import { mountChanges } from "../../../engine/diff/mount-changes.ts";
import { Redactor } from "../../../engine/diff/redact.ts";
import { Secret } from "../../../schemas/index.ts";

const redactor = new Redactor([new Secret("hunter2")]);

test("tells mounts and swap that come, go and change, whatever else is in the file", () => {
  const before = "# old\nUUID=1 / ext4 defaults 0 1\nUUID=2 /srv ext4 noatime 0 2\nUUID=3 none swap sw 0 0\n";
  const after =
    "UUID=1 / ext4 defaults,ro 0 1\nUUID=3 none swap sw 0 0 # new\n//nas/x /mnt cifs password=hunter2 0 0\n";

  expect(mountChanges(before, after, redactor)).toEqual([
    {
      kind: "mount",
      name: "/",
      change: "changed",
      fields: [{ name: "options", before: "defaults", after: "defaults,ro" }],
    },
    {
      kind: "mount",
      name: "/mnt",
      change: "added",
      fields: [
        { name: "device", after: "//nas/x" },
        { name: "type", after: "cifs" },
        { name: "options", after: "password=(secret)" },
      ],
    },
    {
      kind: "mount",
      name: "/srv",
      change: "removed",
      fields: [
        { name: "device", before: "UUID=2" },
        { name: "type", before: "ext4" },
        { name: "options", before: "noatime" },
      ],
    },
  ]);
});

test("tells nothing of a change that means nothing", () => {
  expect(mountChanges("UUID=1 / ext4 defaults 0 1\n", "# c\nUUID=1  /  ext4\tdefaults\n", redactor)).toEqual([]);
});
