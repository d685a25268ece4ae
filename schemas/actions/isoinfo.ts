/** ISO 9660 images (upstream daemon/isoinfo.c). */
import { defineAction } from "../action.ts";
import { device, pathname } from "../field.ts";
import { rStruct } from "../result.ts";
import { structs } from "../structs.ts";

const FIELDS =
  "Gives the names, sizes and times of the primary volume descriptor: text without the blanks that fill it up, times as seconds since 1970, -1 for one that is not set.";

/** A primary volume descriptor whose numbers are all below 128, so that the text is its own bytes. */
const DESCRIPTOR = [
  "\u0001CD001\u0001\0",
  "LINUX".padEnd(32),
  "TEST VOLUME".padEnd(32),
  "\0".repeat(8),
  "\u0010\u0001\0\0\0\0\u0001\u0010",
  "\0".repeat(32),
  "\u0001\0\0\u0001",
  "\u0001\0\0\u0001",
  "\0\u0008\u0008\0",
].join("");
const DATES = ["2024022912304500\u0004", "1970010100000000\0", "0000000000000000\0", "2024022912304500\0"].join("");
const IMAGE = DESCRIPTOR.padEnd(190, "\0") + " ".repeat(128) + "A PUBLISHER".padEnd(495) + DATES;

const VOLUME = {
  iso_system_id: "LINUX",
  iso_volume_id: "TEST VOLUME",
  iso_volume_space_size: 272,
  iso_volume_set_size: 1,
  iso_volume_sequence_number: 1,
  iso_logical_block_size: 2048,
  iso_volume_set_id: "",
  iso_publisher_id: "A PUBLISHER",
  iso_data_preparer_id: "",
  iso_application_id: "",
  iso_copyright_file_id: "",
  iso_abstract_file_id: "",
  iso_bibliographic_file_id: "",
  iso_volume_creation_t: 1709206245,
  iso_volume_modification_t: 0,
  iso_volume_expiration_t: -1,
  iso_volume_effective_t: 1709209845,
};

export const isoinfo_device = defineAction({
  proc: 313,
  summary: "read the volume descriptor of an ISO device",
  description: FIELDS,
  args: { device: device("Device with an ISO image.") },
  ret: rStruct("isodata", structs.isoinfo),
  effect: "read",
  errors: ["EINVAL", "ENOENT"],
  since: "1.17.19",
  tests: [
    {
      init: "disk",
      calls: [
        ["pwrite_device", { device: "/dev/sda", content: IMAGE, offset: 32768 }],
        ["isoinfo_device", { device: "/dev/sda" }],
      ],
      expect: { result: VOLUME },
    },
    { init: "disk", calls: [["isoinfo_device", { device: "/dev/sda" }]], expect: { errno: "EINVAL" } },
  ],
});

export const isoinfo = defineAction({
  proc: 314,
  summary: "read the volume descriptor of an ISO file",
  description: FIELDS,
  args: { isofile: pathname("File with an ISO image.") },
  ret: rStruct("isodata", structs.isoinfo),
  effect: "read",
  errors: ["EINVAL", "ENOENT", "EISDIR"],
  since: "1.17.19",
  tests: [
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/iso" }],
        ["pwrite", { path: "/iso", content: IMAGE, offset: 32768 }],
        ["truncate_size", { path: "/iso", size: 34816 }],
        ["isoinfo", { isofile: "/iso" }],
      ],
      expect: { result: VOLUME },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["isoinfo", { isofile: "/f" }],
      ],
      expect: { errno: "EINVAL" },
    },
    { init: "scratch", calls: [["isoinfo", { isofile: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});
