import { expect, test } from "vitest";

import { GuestfsError } from "../../engine/index.ts";
import { mountAll, mountWarning, normalizePath, parentsFirst, type GuestMount } from "../../engine/mounts.ts";
import type { Guestfs } from "../../schemas/index.ts";

const mounts: readonly GuestMount[] = [
  { mountpoint: "/boot/efi", mountable: "/dev/sda1" },
  { mountpoint: "/", mountable: "/dev/vg0/root" },
  { mountpoint: "/boot", mountable: "/dev/sda2" },
];

/** A client on which every mount is noted, and some fail. */
function client(failing: readonly string[]): { g: Guestfs; calls: string[] } {
  const calls: string[] = [];
  const mounting = (name: string) => async (args: GuestMount) => {
    calls.push(`${name} ${args.mountable} ${args.mountpoint}`);
    if (failing.includes(args.mountpoint)) throw new GuestfsError(name, "EINVAL", "wrong fs type");
  };
  // Only these two are called.
  return { g: { mount: mounting("mount"), mount_ro: mounting("mount_ro") } as unknown as Guestfs, calls };
}

test("parents come first", () => {
  expect(parentsFirst(mounts).map(({ mountpoint }) => mountpoint)).toEqual(["/", "/boot", "/boot/efi"]);
});

test.each([
  ["ro", "mount_ro"],
  ["rw", "mount"],
] as const)("mounts %s", async (mode, name) => {
  const { g, calls } = client([]);

  await mountAll(g, parentsFirst(mounts), mode);

  expect(calls).toEqual([`${name} /dev/vg0/root /`, `${name} /dev/sda2 /boot`, `${name} /dev/sda1 /boot/efi`]);
});

test("a filesystem that cannot be mounted is a warning, but for the root", async () => {
  const failed = await mountAll(client(["/boot"]).g, mounts, "ro");

  expect(failed.map(mountWarning)).toEqual(["/boot: /dev/sda2 is not mounted: wrong fs type"]);
  await expect(mountAll(client(["/"]).g, mounts, "ro")).rejects.toBeInstanceOf(GuestfsError);
});

test("tidy paths", () => {
  expect(normalizePath("//boot/./efi/")).toBe("/boot/efi");
});
