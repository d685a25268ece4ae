import { expect, test } from "vitest";

import { isDiskMount, parseFstab } from "../../engine/fstab.ts";

test("reads entries, comments and escapes", () => {
  const entries = parseFstab(
    "# comment\n\nUUID=1-2 / ext4 errors=remount-ro 0 1\n/dev/sda2\t/a\\040b xfs\nbroken line\nLABEL=x",
  );

  expect(entries).toEqual([
    { spec: "UUID=1-2", mountpoint: "/", type: "ext4", options: ["errors=remount-ro"] },
    { spec: "/dev/sda2", mountpoint: "/a b", type: "xfs", options: ["defaults"] },
  ]);
});

test.each([
  ["/dev/sda1 /boot ext4", true],
  ["UUID=x /boot ext4", true],
  ["PARTLABEL=esp /boot/efi vfat", true],
  ["/dev/sda2 none swap", false],
  ["/dev/sda2 swap swap", false],
  ["tmpfs /tmp tmpfs", false],
  ["server:/x /srv nfs", false],
  ["/srv /mnt none bind", false],
  ["/dev/sdb1 /mnt ext4 noauto", false],
  ["/dev/sr0 /media udf", false],
])("%s is a disk mount: %s", (line, expected) => {
  expect(parseFstab(line).map(isDiskMount)).toEqual([expected]);
});

test("an endless file is cut", () => {
  expect(parseFstab("/dev/sda1 /x ext4\n".repeat(100_000))).toHaveLength(256);
});
