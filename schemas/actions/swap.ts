/** Swap areas (upstream daemon/swap.c). */
import { defineAction } from "../action.ts";
import { device, pathname, string } from "../field.ts";
import { none } from "../result.ts";

export const mkswap = defineAction({
  proc: 130,
  summary: "make a swap area",
  description: "Makes a swap area on a device. What the device held is lost.",
  args: { device: device("Device to fill.") },
  optargs: {
    label: string("Label, at most 15 bytes."),
    uuid: string("UUID; random when not given."),
  },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT"],
  since: "1.0.55",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkswap", { device: "/dev/sda1", label: "SW", uuid: "a3a61220-882b-4f61-89f4-cf24dcc7297d" }],
        ["vfs_uuid", { mountable: "/dev/sda1" }],
      ],
      expect: { result: "a3a61220-882b-4f61-89f4-cf24dcc7297d" },
    },
    { init: "partition", calls: [["mkswap", { device: "/dev/sda1", uuid: "x" }]], expect: { errno: "" } },
  ],
});

export const mkswap_L = defineAction({
  proc: 131,
  summary: "make a swap area with a label",
  description: "As `mkswap` with `label`, which new recipes use.",
  args: { label: string("Label, at most 15 bytes."), device: device("Device to fill.") },
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT"],
  since: "1.0.55",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkswap_L", { label: "SW", device: "/dev/sda1" }],
        ["vfs_label", { mountable: "/dev/sda1" }],
      ],
      expect: { result: "SW" },
    },
    {
      init: "partition",
      calls: [["mkswap_L", { label: "sixteen bytes it", device: "/dev/sda1" }]],
      expect: { errno: "EINVAL" },
    },
    { init: "none", calls: [["mkswap_L", { label: "SW", device: "/dev/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const mkswap_U = defineAction({
  proc: 132,
  summary: "make a swap area with a UUID",
  description: "As `mkswap` with `uuid`, which new recipes use.",
  args: { uuid: string("UUID."), device: device("Device to fill.") },
  ret: none(),
  effect: "write",
  group: "linuxfsuuid",
  errors: ["EINVAL", "ENOENT"],
  since: "1.0.55",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkswap_U", { uuid: "a3a61220-882b-4f61-89f4-cf24dcc7297d", device: "/dev/sda1" }],
        ["vfs_uuid", { mountable: "/dev/sda1" }],
      ],
      expect: { result: "a3a61220-882b-4f61-89f4-cf24dcc7297d" },
    },
    { init: "partition", calls: [["mkswap_U", { uuid: "x", device: "/dev/sda1" }]], expect: { errno: "" } },
  ],
});

export const mkswap_file = defineAction({
  proc: 178,
  summary: "make a swap area in a file",
  description: "Makes a swap area in an existing file of the guest. The file must be as long as the area shall be.",
  args: { path: pathname("File of the guest.") },
  ret: none(),
  effect: "write",
  errors: ["ENOENT"],
  since: "1.0.66",
  tests: [
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/swap" }],
        ["truncate_size", { path: "/swap", size: 1048576 }],
        ["mkswap_file", { path: "/swap" }],
      ],
      expect: { succeeds: true },
      applianceOnly: "runs a program in the guest's root",
    },
    {
      init: "scratch",
      calls: [["mkswap_file", { path: "/none" }]],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const swapon_device = defineAction({
  proc: 170,
  summary: "use a swap area",
  description: "Lets the appliance swap to a device, for memory-hungry calls.",
  args: { device: device("Device with a swap area.") },
  ret: none(),
  effect: "config",
  errors: ["EBUSY", "EINVAL", "ENOENT"],
  since: "1.0.66",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkswap", { device: "/dev/sda1" }],
        ["swapon_device", { device: "/dev/sda1" }],
        ["swapoff_device", { device: "/dev/sda1" }],
      ],
      expect: { succeeds: true },
    },
    { init: "partition", calls: [["swapon_device", { device: "/dev/sda1" }]], expect: { errno: "EINVAL" } },
  ],
});

export const swapoff_device = defineAction({
  proc: 171,
  summary: "stop using a swap area",
  description: "Undoes swapon_device.",
  args: { device: device("Device with a swap area in use.") },
  ret: none(),
  effect: "config",
  errors: ["EINVAL", "ENOENT"],
  since: "1.0.66",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkswap", { device: "/dev/sda1" }],
        ["swapon_device", { device: "/dev/sda1" }],
        ["swapoff_device", { device: "/dev/sda1" }],
      ],
      expect: { succeeds: true },
    },
    { init: "partition", calls: [["swapoff_device", { device: "/dev/sda1" }]], expect: { errno: "EINVAL" } },
  ],
});

export const swapon_label = defineAction({
  proc: 174,
  summary: "use the swap area with a label",
  description: "Lets the appliance swap to the device whose swap area has this label.",
  args: { label: string("Label of a swap area.") },
  ret: none(),
  effect: "config",
  errors: ["EBUSY", "ENOENT"],
  since: "1.0.66",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkswap", { device: "/dev/sda1", label: "SW" }],
        ["swapon_label", { label: "SW" }],
        ["swapoff_label", { label: "SW" }],
      ],
      expect: { succeeds: true },
    },
    { init: "partition", calls: [["swapon_label", { label: "SW" }]], expect: { errno: "ENOENT" } },
  ],
});

export const swapoff_label = defineAction({
  proc: 175,
  summary: "stop using the swap area with a label",
  description: "Undoes swapon_label.",
  args: { label: string("Label of a swap area in use.") },
  ret: none(),
  effect: "config",
  errors: ["EINVAL", "ENOENT"],
  since: "1.0.66",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkswap", { device: "/dev/sda1", label: "SW" }],
        ["swapon_label", { label: "SW" }],
        ["swapoff_label", { label: "SW" }],
      ],
      expect: { succeeds: true },
    },
    { init: "partition", calls: [["swapoff_label", { label: "SW" }]], expect: { errno: "ENOENT" } },
  ],
});

export const swapon_uuid = defineAction({
  proc: 176,
  summary: "use the swap area with a UUID",
  description: "Lets the appliance swap to the device whose swap area has this UUID.",
  args: { uuid: string("UUID of a swap area.") },
  ret: none(),
  effect: "config",
  group: "linuxfsuuid",
  errors: ["EBUSY", "ENOENT"],
  since: "1.0.66",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkswap", { device: "/dev/sda1", uuid: "a3a61220-882b-4f61-89f4-cf24dcc7297d" }],
        ["swapon_uuid", { uuid: "a3a61220-882b-4f61-89f4-cf24dcc7297d" }],
        ["swapoff_uuid", { uuid: "a3a61220-882b-4f61-89f4-cf24dcc7297d" }],
      ],
      expect: { succeeds: true },
    },
    { init: "partition", calls: [["swapon_uuid", { uuid: "none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const swapoff_uuid = defineAction({
  proc: 177,
  summary: "stop using the swap area with a UUID",
  description: "Undoes swapon_uuid.",
  args: { uuid: string("UUID of a swap area in use.") },
  ret: none(),
  effect: "config",
  group: "linuxfsuuid",
  errors: ["EINVAL", "ENOENT"],
  since: "1.0.66",
  tests: [
    {
      init: "partition",
      calls: [
        ["mkswap", { device: "/dev/sda1", uuid: "a3a61220-882b-4f61-89f4-cf24dcc7297d" }],
        ["swapon_uuid", { uuid: "a3a61220-882b-4f61-89f4-cf24dcc7297d" }],
        ["swapoff_uuid", { uuid: "a3a61220-882b-4f61-89f4-cf24dcc7297d" }],
      ],
      expect: { succeeds: true },
    },
    { init: "partition", calls: [["swapoff_uuid", { uuid: "none" }]], expect: { errno: "ENOENT" } },
  ],
});

/** A swap area of 1 MiB in a file without holes. */
const SWAP_FILE = [
  ["fill", { c: 0, len: 1048576, path: "/swap" }],
  ["chmod", { mode: "0600", path: "/swap" }],
  ["mkswap_file", { path: "/swap" }],
] as const;

export const swapon_file = defineAction({
  proc: 172,
  summary: "use a swap area in a file",
  description: "Lets the appliance swap to a file of the guest, which must have no holes.",
  args: { file: pathname("File with a swap area.") },
  ret: none(),
  effect: "config",
  errors: ["EBUSY", "EINVAL", "ENOENT"],
  since: "1.0.66",
  tests: [
    {
      init: "scratch",
      calls: [...SWAP_FILE, ["swapon_file", { file: "/swap" }], ["swapoff_file", { file: "/swap" }]],
      expect: { succeeds: true },
      applianceOnly: "the host must not swap there",
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["swapon_file", { file: "/f" }],
      ],
      expect: { errno: "EINVAL" },
      applianceOnly: "the host must not swap there",
    },
    { init: "scratch", calls: [["swapon_file", { file: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const swapoff_file = defineAction({
  proc: 173,
  summary: "use a swap area in a file no more",
  description: "Takes back what `swapon_file` did.",
  args: { file: pathname("File that is swapped to.") },
  ret: none(),
  effect: "config",
  errors: ["EINVAL", "ENOENT", "ENOMEM"],
  since: "1.0.66",
  tests: [
    {
      init: "scratch",
      calls: [
        ...SWAP_FILE,
        ["swapon_file", { file: "/swap" }],
        ["swapoff_file", { file: "/swap" }],
        ["rm", { path: "/swap" }],
      ],
      expect: { succeeds: true },
      applianceOnly: "the host must not swap there",
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["swapoff_file", { file: "/f" }],
      ],
      expect: { errno: "EINVAL" },
    },
    { init: "scratch", calls: [["swapoff_file", { file: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});
