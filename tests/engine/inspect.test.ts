import { expect, test } from "vitest";

import { chooseRoot, findRoots, type Root } from "../../engine/index.ts";
import { GuestfsError } from "../../engine/index.ts";
import type { Guestfs } from "../../schemas/index.ts";
import { fakeGuest, type FakeFiles } from "./fake-guest.ts";

const root = (device: string): Root => ({
  device,
  facts: { root: device, os: "linux", distro: "debian", version: "12", arch: "x86_64", packageManager: "apt" },
  hostname: "h",
  prettyName: "Debian GNU/Linux 12",
  mounts: [{ mountpoint: "/", mountable: device }],
  warnings: [],
});

test("the only system is chosen, or the one asked for", () => {
  expect(chooseRoot([root("/dev/sda1")]).device).toBe("/dev/sda1");
  expect(chooseRoot([root("/dev/sda1"), root("/dev/sdb1")], "/dev/sdb1").device).toBe("/dev/sdb1");
});

test.each([
  [[], undefined, "no-os"],
  [["/dev/sda1", "/dev/sdb1"], undefined, "many-os"],
  [["/dev/sda1"], "/dev/sdc1", "root-unknown"],
] as const)("of %j with --root %s: %s", (devices, wanted, code) => {
  expect(() => chooseRoot(devices.map(root), wanted)).toThrow(expect.objectContaining({ code }));
});

/** Several filesystems, one mounted at a time. */
function disks(contents: Readonly<Record<string, FakeFiles | "broken">>): Guestfs {
  let mounted: Guestfs | undefined;
  const own: Record<string, unknown> = {
    list_filesystems: async () => [...Object.keys(contents).map((device) => [device, "ext4"]), ["/dev/sdz", "swap"]],
    mount_ro: async ({ mountable }: { mountable: string }) => {
      const files = contents[mountable];
      if (files === undefined || files === "broken") throw new GuestfsError("mount_ro", "EINVAL", "wrong fs type");
      mounted = fakeGuest(files);
    },
    umount_all: async () => {
      mounted = undefined;
    },
    blkid: async () => [],
  };
  // Calls about files go to the filesystem that is mounted.
  return new Proxy(own, {
    get: (target, name: string) => target[name] ?? (mounted as unknown as Record<string, unknown>)[name],
  }) as unknown as Guestfs;
}

test("finds the system among data, broken and boot filesystems, and its mounts", async () => {
  const g = disks({
    "/dev/sda1": { "/grub": { mode: 0o040755 } },
    "/dev/sda2": {
      "/etc": { mode: 0o040755 },
      "/etc/os-release": { content: 'ID=debian\nPRETTY_NAME="Debian 12"\n' },
      "/etc/fstab": { content: "/dev/vda2 / ext4\n/dev/vda1 /boot ext4\nUUID=none /data ext4\n" },
      "/etc/hostname": { content: "web1\n" },
    },
    "/dev/sda3": "broken",
  });

  const roots = await findRoots(g);

  expect(roots).toMatchObject([
    {
      device: "/dev/sda2",
      hostname: "web1",
      prettyName: "Debian 12",
      mounts: [
        { mountpoint: "/", mountable: "/dev/sda2" },
        { mountpoint: "/boot", mountable: "/dev/sda1" },
      ],
      warnings: ["fstab: /data: no filesystem UUID=none on the disks"],
    },
  ]);
});
