/** Encrypted devices (upstream daemon/luks.c, cryptsetup.ml). Keys go to cryptsetup through pipes, never as arguments. */
import { defineAction } from "../action.ts";
import { bool, device, int, key, string } from "../field.ts";
import { none, rString } from "../result.ts";

export const luks_format = defineAction({
  proc: 260,
  summary: "encrypt a device",
  description: "Makes a device a LUKS one (LUKS2). What it held is lost.",
  args: {
    device: device("Device to encrypt."),
    key: key("Passphrase."),
    keyslot: int("Number of the key slot, 0 for the first."),
  },
  ret: none(),
  effect: "write",
  group: "luks",
  errors: ["EINVAL", "ENOENT"],
  since: "1.5.2",
  tests: [
    {
      init: "partition",
      calls: [
        ["luks_format", { device: "/dev/sda1", key: "secret", keyslot: 0 }],
        ["vfs_type", { mountable: "/dev/sda1" }],
      ],
      expect: { result: "crypto_LUKS" },
    },
    {
      init: "partition",
      calls: [["luks_format", { device: "/dev/sda7", key: "k", keyslot: 0 }]],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const luks_format_cipher = defineAction({
  proc: 261,
  summary: "encrypt a device with a cipher",
  description: "As luks_format, with the cipher named.",
  args: {
    device: device("Device to encrypt."),
    key: key("Passphrase."),
    keyslot: int("Number of the key slot, 0 for the first."),
    cipher: string("Cipher as cryptsetup names it, for example `aes-xts-plain64`."),
  },
  ret: none(),
  effect: "write",
  group: "luks",
  errors: ["EINVAL", "ENOENT"],
  since: "1.5.2",
  tests: [
    {
      init: "partition",
      calls: [
        ["luks_format_cipher", { device: "/dev/sda1", key: "k", keyslot: 0, cipher: "aes-cbc-plain64" }],
        ["vfs_type", { mountable: "/dev/sda1" }],
      ],
      expect: { result: "crypto_LUKS" },
    },
    {
      init: "partition",
      calls: [["luks_format_cipher", { device: "/dev/sda1", key: "k", keyslot: 0, cipher: "nothing" }]],
      expect: { errno: "" },
    },
  ],
});

export const cryptsetup_open = defineAction({
  proc: 508,
  summary: "open an encrypted device",
  description:
    "Opens a LUKS or BitLocker device: its plain content appears as /dev/mapper/MAPNAME. For LVM inside call lvm_scan.",
  args: {
    device: device("Encrypted device."),
    key: key("Passphrase."),
    mapname: string("Name of the opened device under /dev/mapper."),
  },
  optargs: {
    readonly: bool("Whether to refuse writes."),
    crypttype: string("Kind, for example `luks`; found out when not given."),
    cipher: string("Cipher, for plain devices."),
  },
  ret: none(),
  effect: "config",
  group: "luks",
  errors: ["EINVAL", "ENOENT"],
  since: "1.43.2",
  tests: [
    {
      init: "partition",
      calls: [
        ["luks_format", { device: "/dev/sda1", key: "secret", keyslot: 0 }],
        ["cryptsetup_open", { device: "/dev/sda1", key: "secret", mapname: "crypt" }],
        ["list_dm_devices"],
      ],
      expect: { result: ["/dev/mapper/crypt"] },
    },
    {
      init: "partition",
      calls: [
        ["luks_format", { device: "/dev/sda1", key: "secret", keyslot: 0 }],
        ["cryptsetup_open", { device: "/dev/sda1", key: "wrong", mapname: "crypt" }],
      ],
      expect: { errno: "" },
    },
    {
      init: "partition",
      calls: [["cryptsetup_open", { device: "/dev/sda1", key: "secret", mapname: "crypt" }]],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const cryptsetup_close = defineAction({
  proc: 509,
  summary: "close an encrypted device",
  description: "Undoes cryptsetup_open.",
  args: { device: device("The opened device, /dev/mapper/MAPNAME.") },
  ret: none(),
  effect: "config",
  group: "luks",
  errors: ["EINVAL", "ENOENT"],
  since: "1.43.2",
  tests: [
    {
      init: "partition",
      calls: [
        ["luks_format", { device: "/dev/sda1", key: "secret", keyslot: 0 }],
        ["cryptsetup_open", { device: "/dev/sda1", key: "secret", mapname: "crypt" }],
        ["cryptsetup_close", { device: "/dev/mapper/crypt" }],
        ["list_dm_devices"],
      ],
      expect: { result: [] },
    },
    { init: "partition", calls: [["cryptsetup_close", { device: "/dev/sda1" }]], expect: { errno: "EINVAL" } },
  ],
});

export const luks_open = defineAction({
  proc: 257,
  summary: "open a LUKS device",
  description: "Is cryptsetup_open for LUKS. Superseded by it.",
  args: {
    device: device("Encrypted device."),
    key: key("Passphrase."),
    mapname: string("Name of the opened device under /dev/mapper."),
  },
  ret: none(),
  effect: "config",
  group: "luks",
  errors: ["ENOENT"],
  since: "1.5.1",
  tests: [
    {
      init: "partition",
      calls: [
        ["luks_format", { device: "/dev/sda1", key: "secret", keyslot: 0 }],
        ["luks_open", { device: "/dev/sda1", key: "secret", mapname: "crypt" }],
        ["list_dm_devices"],
      ],
      expect: { result: ["/dev/mapper/crypt"] },
    },
    {
      init: "partition",
      calls: [["luks_open", { device: "/dev/sda1", key: "secret", mapname: "crypt" }]],
      expect: { errno: "" },
    },
  ],
});

export const luks_open_ro = defineAction({
  proc: 258,
  summary: "open a LUKS device read-only",
  description: "Is cryptsetup_open for LUKS with readonly. Superseded by it.",
  args: {
    device: device("Encrypted device."),
    key: key("Passphrase."),
    mapname: string("Name of the opened device under /dev/mapper."),
  },
  ret: none(),
  effect: "config",
  group: "luks",
  errors: ["ENOENT"],
  since: "1.5.1",
  tests: [
    {
      init: "partition",
      calls: [
        ["luks_format", { device: "/dev/sda1", key: "secret", keyslot: 0 }],
        ["luks_open_ro", { device: "/dev/sda1", key: "secret", mapname: "crypt" }],
        ["blockdev_getro", { device: "/dev/mapper/crypt" }],
      ],
      expect: { result: true },
    },
    {
      init: "partition",
      calls: [["luks_open_ro", { device: "/dev/sda1", key: "secret", mapname: "crypt" }]],
      expect: { errno: "" },
    },
  ],
});

export const luks_close = defineAction({
  proc: 259,
  summary: "close a LUKS device",
  description: "Is cryptsetup_close. Superseded by it.",
  args: { device: device("The opened device, /dev/mapper/MAPNAME.") },
  ret: none(),
  effect: "config",
  group: "luks",
  errors: ["EINVAL", "ENOENT"],
  since: "1.5.1",
  tests: [
    {
      init: "partition",
      calls: [
        ["luks_format", { device: "/dev/sda1", key: "secret", keyslot: 0 }],
        ["cryptsetup_open", { device: "/dev/sda1", key: "secret", mapname: "crypt" }],
        ["luks_close", { device: "/dev/mapper/crypt" }],
        ["list_dm_devices"],
      ],
      expect: { result: [] },
    },
    { init: "partition", calls: [["luks_close", { device: "/dev/sda1" }]], expect: { errno: "EINVAL" } },
  ],
});

export const luks_add_key = defineAction({
  proc: 262,
  summary: "add a key to a LUKS device",
  description: "Adds a passphrase in a free key slot.",
  args: {
    device: device("Encrypted device."),
    key: key("A passphrase that opens the device."),
    newkey: key("Passphrase to add."),
    keyslot: int("Number of the key slot, 0 for the first."),
  },
  ret: none(),
  effect: "write",
  group: "luks",
  errors: ["ENOENT"],
  since: "1.5.2",
  tests: [
    {
      init: "partition",
      calls: [
        ["luks_format", { device: "/dev/sda1", key: "secret", keyslot: 0 }],
        ["luks_add_key", { device: "/dev/sda1", key: "secret", newkey: "other", keyslot: 1 }],
        ["cryptsetup_open", { device: "/dev/sda1", key: "other", mapname: "crypt" }],
      ],
      expect: { succeeds: true },
    },
    {
      init: "partition",
      calls: [
        ["luks_format", { device: "/dev/sda1", key: "secret", keyslot: 0 }],
        ["luks_add_key", { device: "/dev/sda1", key: "wrong", newkey: "other", keyslot: 1 }],
      ],
      expect: { errno: "" },
    },
  ],
});

export const luks_kill_slot = defineAction({
  proc: 263,
  summary: "remove a key from a LUKS device",
  description: "Removes the passphrase of a key slot; another one must be left.",
  args: {
    device: device("Encrypted device."),
    key: key("Passphrase of another slot."),
    keyslot: int("Slot to clear."),
  },
  ret: none(),
  effect: "write",
  group: "luks",
  errors: ["ENOENT"],
  since: "1.5.2",
  tests: [
    {
      init: "partition",
      calls: [
        ["luks_format", { device: "/dev/sda1", key: "secret", keyslot: 0 }],
        ["luks_add_key", { device: "/dev/sda1", key: "secret", newkey: "other", keyslot: 1 }],
        ["luks_kill_slot", { device: "/dev/sda1", key: "secret", keyslot: 1 }],
      ],
      expect: { succeeds: true },
    },
    {
      init: "partition",
      calls: [
        ["luks_format", { device: "/dev/sda1", key: "secret", keyslot: 0 }],
        ["luks_kill_slot", { device: "/dev/sda1", key: "secret", keyslot: 5 }],
      ],
      expect: { errno: "" },
    },
  ],
});

export const luks_uuid = defineAction({
  proc: 507,
  summary: "give the UUID of a LUKS device",
  description: "Gives the UUID in the LUKS header.",
  args: { device: device("Encrypted device.") },
  ret: rString("uuid"),
  effect: "read",
  group: "luks",
  errors: ["EINVAL", "ENOENT"],
  since: "1.41.9",
  tests: [
    {
      init: "partition",
      calls: [
        ["luks_format", { device: "/dev/sda1", key: "secret", keyslot: 0 }],
        ["luks_uuid", { device: "/dev/sda1" }],
      ],
      expect: { matches: "^[0-9a-f-]{36}$" },
    },
    { init: "partition", calls: [["luks_uuid", { device: "/dev/sda1" }]], expect: { errno: "EINVAL" } },
  ],
});
