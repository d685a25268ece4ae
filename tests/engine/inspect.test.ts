import { expect, test } from "vitest";

import { chooseRoot, findRoots, GuestfsError, inspectImage, mountGuest, type Root } from "../../engine/index.ts";
import type { Guestfs, Hashtable } from "../../schemas/index.ts";
import { fakeGuest, type FakeFiles } from "./fake-guest.ts";

const root = (device: string): Root => ({ device, type: "linux", name: "debian 12.4", mountpoints: [] });

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

/** A disk with a system on /dev/sda2, whose other filesystems a daemon found at `mountpoints`. */
function disk(files: FakeFiles, mountpoints: Hashtable): { g: Guestfs; calls: string[] } {
  const calls: string[] = [];
  const inspection = {
    inspect_os: async () => ["/dev/sda2"],
    inspect_get_type: async () => "linux",
    inspect_get_distro: async () => "debian",
    inspect_get_major_version: async () => 12,
    inspect_get_minor_version: async () => 4,
    inspect_get_package_format: async () => "deb",
    inspect_get_mountpoints: async () => mountpoints,
    list_filesystems: async () => [
      ["/dev/sda2", "ext4"],
      ["/dev/sda3", "swap"],
    ],
    blkid: async () => [["LABEL", "x"]],
    blockdev_getsize64: async () => 4096n,
    mount_ro: async ({ mountable, mountpoint }: { mountable: string; mountpoint: string }) => {
      if (mountable.startsWith("/dev/mapper/")) {
        throw new GuestfsError("mount_ro", "ENOENT", `${mountable}: No such file or directory`);
      }
      calls.push(`${mountable} ${mountpoint}`);
    },
    umount_all: async () => {
      calls.push("umount_all");
    },
  };
  // Only what is listed is called; anything else is a TypeError that fails the test.
  return { g: { ...fakeGuest(files), ...inspection } as unknown as Guestfs, calls };
}

const FSTAB = [
  "/dev/vda2 / ext4",
  "/dev/vda1 /boot/efi vfat",
  "/dev/vda4 //boot/ ext4",
  "UUID=5 /backup ext4 noauto",
  "UUID=none /data ext4",
  "UUID=other /more ext4 nofail",
  "/dev/mapper/shut /shut ext4",
  "/dev/mapper/usb /usb ext4 nofail",
  "",
].join("\n");
const MOUNTPOINTS: Hashtable = [
  ["/boot/efi", "/dev/sda1"],
  ["/", "/dev/sda2"],
  ["/boot", "/dev/sda4"],
  ["/backup", "/dev/sda5"],
  ["/usr", "/dev/sda6"],
  ["/shut", "/dev/mapper/shut"],
  ["/usb", "/dev/mapper/usb"],
];

test("a root is what the daemon says of it, its parents first", async () => {
  const { g } = disk({}, MOUNTPOINTS);

  expect(await findRoots(g)).toEqual([
    {
      device: "/dev/sda2",
      type: "linux",
      name: "debian 12.4",
      mountpoints: [
        { mountpoint: "/", mountable: "/dev/sda2" },
        { mountpoint: "/boot", mountable: "/dev/sda4" },
        { mountpoint: "/backup", mountable: "/dev/sda5" },
        { mountpoint: "/usr", mountable: "/dev/sda6" },
        { mountpoint: "/shut", mountable: "/dev/mapper/shut" },
        { mountpoint: "/usb", mountable: "/dev/mapper/usb" },
        { mountpoint: "/boot/efi", mountable: "/dev/sda1" },
      ],
    },
  ]);
});

test("a guest is mounted as it would mount itself, and what fstab misses is a warning", async () => {
  const { g, calls } = disk({ "/etc/fstab": { content: FSTAB } }, MOUNTPOINTS);

  const { mounts, warnings } = await mountGuest(g, chooseRoot(await findRoots(g)), "ro");

  const mounted = ["/dev/sda2 /", "/dev/sda4 /boot", "/dev/sda6 /usr", "/dev/sda1 /boot/efi"];
  expect(calls).toEqual(mounted);
  expect(mounts.map(({ mountable, mountpoint }) => `${mountable} ${mountpoint}`)).toEqual(mounted);
  expect(warnings).toEqual([
    "fstab: /data: no filesystem UUID=none on the disks",
    "/shut: /dev/mapper/shut is not mounted: /dev/mapper/shut: No such file or directory",
  ]);
});

test("inspection describes roots and filesystems, and leaves nothing mounted", async () => {
  const files = {
    "/etc/os-release": { content: 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n' },
    "/etc/hostname": { content: "web1\n" },
    "/bin/true": { content: "", arch: "x86_64" },
    "/usr/bin/apt-get": { content: "" },
    "/var/lib/dpkg/status": {
      content: "Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:5.2-1\n",
    },
  };
  const { g, calls } = disk(files, [["/", "/dev/sda2"]]);

  const inspection = await inspectImage(g, { packages: true });

  expect(inspection).toEqual({
    roots: [
      {
        device: "/dev/sda2",
        facts: {
          root: "/dev/sda2",
          os: "linux",
          distro: "debian",
          version: "12",
          arch: "x86_64",
          packageManager: "apt",
        },
        hostname: "web1",
        prettyName: "Debian 12",
        mounts: [{ mountpoint: "/", mountable: "/dev/sda2" }],
        warnings: [],
        packageCount: 1,
        packages: [{ name: "bash", version: "1:5.2-1", arch: "amd64" }],
      },
    ],
    filesystems: [
      { mountable: "/dev/sda2", type: "ext4", label: "x", sizeBytes: 4096n },
      { mountable: "/dev/sda3", type: "swap", label: "x", sizeBytes: 4096n },
    ],
  });
  expect(calls.at(-1)).toBe("umount_all");
});
