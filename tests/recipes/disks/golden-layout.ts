/** The layout of a bootable image, as the tests of disks use it. */
import type { Disks } from "../../../recipes/disks/schema.ts";

export const golden: Disks = [
  {
    size: "8G",
    table: "gpt",
    partitions: [
      { tag: "bios", size: "1M", type: "bios-boot" },
      { tag: "boot", size: "512M", filesystem: "ext4", label: "boot", mount: "/boot" },
      {
        tag: "pv",
        size: "rest",
        lvm: {
          group: "vg0",
          volumes: [
            { tag: "root", name: "root", size: "6G", filesystem: "ext4", label: "root", mount: "/" },
            { tag: "swap", name: "swap", size: "rest", swap: true },
          ],
        },
      },
    ],
  },
];
