/** Files through base64 (upstream daemon/base64.c). */
import { defineAction } from "../action.ts";
import { fileIn, fileOut, pathname } from "../field.ts";
import { none } from "../result.ts";

export const base64_in = defineAction({
  proc: 242,
  summary: "upload a file that is encoded as base64",
  description:
    "Decodes what is sent and writes it to a file. Characters that are not of base64 are left out, as `base64 -di` does.",
  args: {
    base64file: fileIn("Host file to decode."),
    filename: pathname("File; made where it is missing, else replaced."),
  },
  ret: none(),
  effect: "write",
  errors: ["ENOENT", "EISDIR", "ENOSPC", "EROFS"],
  since: "1.3.5",
  tests: [
    {
      init: "scratch",
      calls: [
        ["base64_in", { base64file: "aGVs\nbG8K\n", filename: "/f" }],
        ["download", { remotefilename: "/f" }],
      ],
      expect: { result: "hello\n" },
    },
    {
      init: "scratch",
      calls: [["base64_in", { base64file: "aGVsbG8K", filename: "/no/f" }]],
      expect: { errno: "ENOENT" },
    },
    { init: "scratch", calls: [["base64_in", { base64file: "aGVsb", filename: "/f" }]], expect: { errno: "" } },
  ],
});

export const base64_out = defineAction({
  proc: 243,
  summary: "download a file encoded as base64",
  description: "Gives the content of a file as base64, in lines of 76 characters.",
  args: { filename: pathname("File."), base64file: fileOut("Host file to fill.") },
  ret: none(),
  effect: "read",
  errors: ["ENOENT", "EISDIR", "EINVAL"],
  since: "1.3.5",
  tests: [
    {
      init: "scratch",
      calls: [
        ["fill_pattern", { pattern: "abc", len: 58, path: "/f" }],
        ["base64_out", { filename: "/f" }],
      ],
      expect: {
        result: `${"YWJj".repeat(19)}\nYQ==\n`,
      },
    },
    { init: "scratch", calls: [["base64_out", { filename: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});
