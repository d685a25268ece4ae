/** What is read from parted's output for programs. The tables themselves are in the tests that actions carry. */
import { describe, expect, it } from "vitest";

import { partitionTableFromParted } from "../../guestfsd/parted-table.ts";

const DISK = "/dev/sda:268435456B:scsi:512:512";

describe("parted -m", () => {
  it("gives kind, partitions and boot flag, whatever a partition is called", () => {
    const text = [
      "BYT;",
      `${DISK}:amiga:QEMU QEMU HARDDISK:;`,
      "1:33554432B:50331647B:16777216B::a\\:b\\\\:boot;",
      "2:50331648B:50332159B:512B:ext2:boot:hidden, raid;",
      "",
    ].join("\n");

    expect(partitionTableFromParted(text)).toMatchObject({
      type: "amiga",
      entries: [
        { number: 1, start: 65536n, size: 32768n, flags: 0x80n },
        { number: 2, start: 98304n, size: 1n, flags: 0n },
      ],
    });
  });

  it.each([
    ["nothing", ""],
    ["a disk without a table", `BYT;\n${DISK}:unknown:QEMU QEMU HARDDISK:;\n`],
    ["a filesystem", `BYT;\n${DISK}:loop:QEMU QEMU HARDDISK:;\n1:0B:268435455B:268435456B:ext4::;\n`],
  ])("gives no table of %s", (_name, text) => {
    expect(partitionTableFromParted(text)).toBeUndefined();
  });
});
