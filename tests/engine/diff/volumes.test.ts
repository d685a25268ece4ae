import { expect, test } from "vitest";

import { filesOf } from "./fake-side.ts";
import type { Scope } from "../../../engine/diff/side.ts";
import { isHidden, Volumes } from "../../../engine/diff/volumes.ts";
import type { GildVolume } from "../../../schemas/index.ts";

const mount = (mountpoint: string, device: string, prefix = "/", type = "ext4"): GildVolume => ({
  mountpoint,
  device,
  prefix,
  type,
});

function volumes(...mounts: GildVolume[]): Volumes {
  const all = new Volumes();
  all.add(mounts);
  return all;
}

const plain = volumes(mount("/", "/dev/sda1"), mount("/boot", "/dev/sda2"), mount("/boot/efi", "/dev/sda3"));
const btrfs = volumes(
  mount("/", "/dev/sda1", "/@", "btrfs"),
  mount("/home", "/dev/sda1", "/@home", "btrfs"),
  mount("/snap", "/dev/sda1", "/", "btrfs"),
);

test.each([
  [plain, "/dev/sda1", "/etc/motd", "/etc/motd"],
  [plain, "/dev/sda1", "/", "/"],
  [plain, "/dev/sda2", "/", "/boot"],
  [plain, "/dev/sda2", "/grub/x", "/boot/grub/x"],
  [plain, "/dev/sda3", "/EFI", "/boot/efi/EFI"],
  [plain, "/dev/sda1", "/bootstrap", "/bootstrap"],
  [btrfs, "/dev/sda1", "/@/etc", "/etc"],
  [btrfs, "/dev/sda1", "/@", "/"],
  [btrfs, "/dev/sda1", "/@home/a", "/home/a"],
  [btrfs, "/dev/sda1", "/@other/a", "/snap/@other/a"],
])("%# %s %s is %s, and back", (all, device, path, shown) => {
  expect(all.pathOf({ device, path })).toBe(shown);
  expect(all.placeOf(shown)).toEqual({ device, path });
});

test.each([
  [plain, "/dev/sda1", "/boot"],
  [plain, "/dev/sda1", "/boot/vmlinuz"],
  [plain, "/dev/sda2", "/efi/x"],
  [plain, "/dev/sdb1", "/x"],
  [volumes(mount("/", "/dev/sda1", "/@")), "/dev/sda1", "/@home/a"],
])("%# %s %s is hidden, and back", (all, device, path) => {
  const hidden = all.pathOf({ device, path });

  expect(isHidden(hidden)).toBe(true);
  expect(all.placeOf(hidden)).toEqual({ device, path });
});

test("what a guest shows of a device is its roots, none of them inside another", () => {
  expect(btrfs.devices).toEqual(["/dev/sda1"]);
  expect(btrfs.rootsOf("/dev/sda1")).toEqual(["/"]);
  expect(volumes(mount("/", "/dev/sda1", "/@"), mount("/home", "/dev/sda1", "/@home")).rootsOf("/dev/sda1")).toEqual([
    "/@home",
    "/@",
  ]);
});

test("the last that was mounted somewhere is what is there", () => {
  const all = volumes(mount("/mnt", "/dev/sda1"));
  all.add([mount("/mnt", "/dev/sda2")]);

  expect(all.placeOf("/mnt/x")).toEqual({ device: "/dev/sda2", path: "/x" });
  expect(isHidden(all.pathOf({ device: "/dev/sda1", path: "/x" }))).toBe(true);
});

const part = (...paths: string[]): { paths: string[]; trees: string[]; digests: boolean } => ({
  paths,
  trees: [],
  digests: false,
});
const under = filesOf({ "/boot": { mode: 0o040700 } });
const root = filesOf({ "/": { mode: 0o040755 } });

test.each([
  ["as what is mounted there", [under, root], { "/boot": 0o040755 }],
  ["as its directory, where nothing is known of what is mounted", [under, filesOf({})], { "/boot": 0o040700 }],
  ["not at all, where its directory is not there", [filesOf({}), root], {}],
] as const)("a mount point is shown %s", (_, [first, second], shown) => {
  const scope: Scope = new Map([
    ["/dev/sda1", part("/boot")],
    ["/dev/sda2", part("/")],
  ]);
  const found = new Map([
    ["/dev/sda1", first],
    ["/dev/sda2", second],
  ]);

  const files = volumes(mount("/", "/dev/sda1"), mount("/boot", "/dev/sda2")).show(found, scope);

  expect(Object.fromEntries([...files].map(([path, { mode }]) => [path, mode]))).toEqual(shown);
});
