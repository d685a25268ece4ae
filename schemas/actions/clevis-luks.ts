/** LUKS devices that open without a passphrase, through Clevis (upstream daemon/clevis-luks.ml). */
import { defineAction } from "../action.ts";
import { device, string } from "../field.ts";
import { none } from "../result.ts";

export const clevis_luks_unlock = defineAction({
  proc: 512,
  summary: "open a LUKS device by its Clevis binding",
  description:
    "Opens a LUKS device that is bound to a server (Tang) or to other secrets that Clevis can get: its plain content appears " +
    "as /dev/mapper/MAPNAME. A server needs the network of the appliance.",
  args: { device: device("Encrypted device."), mapname: string("Name of the opened device under /dev/mapper.") },
  ret: none(),
  effect: "config",
  group: "clevisluks",
  errors: ["EEXIST", "EINVAL", "ENOENT"],
  since: "1.49.3",
  tests: [
    {
      init: "partition",
      calls: [
        ["luks_format", { device: "/dev/sda1", key: "secret", keyslot: 0 }],
        ["clevis_luks_unlock", { device: "/dev/sda1", mapname: "opened" }],
      ],
      expect: { errno: "" },
    },
    {
      init: "partition",
      calls: [["clevis_luks_unlock", { device: "/dev/sda1", mapname: "a/b" }]],
      expect: { errno: "EINVAL" },
    },
  ],
  testedIn: "tests/appliance/groups.test.ts",
});
