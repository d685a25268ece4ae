/** Looking into the appliance (upstream daemon/debug.c). For developers: what there is may change with every version. */
import { defineAction } from "../action.ts";
import { fileIn, int, string, stringList } from "../field.ts";
import { none, rString } from "../result.ts";

const tmpname = string("Absolute path in the appliance, or a name in its root directory.");
const mode = int("Unix mode of the file, a number from 0 to 511.");
const NO_APPLIANCE = "the host is no appliance";

export const debug = defineAction({
  proc: 76,
  summary: "look into the appliance",
  description:
    "Runs a command of the daemon itself: `help`, `env`, `error LENGTH`, `fds`, `ls PATH...`, `ll PATH...`, `print TEXT...`, `progress SECONDS`, `sh COMMAND...`. Paths and programs are the appliance's, not the guest's.",
  args: { subcmd: string("Name of the command."), extraargs: stringList("Its arguments.") },
  ret: rString("result"),
  effect: "write",
  errors: ["EINVAL"],
  since: "1.0.11",
  tests: [
    { init: "none", calls: [["debug", { subcmd: "help", extraargs: [] }]], expect: { contains: "sh COMMAND..." } },
    {
      init: "none",
      calls: [["debug", { subcmd: "sh", extraargs: ["echo", "$((6", "*", "7))"] }]],
      expect: { result: "42\n" },
      applianceOnly: NO_APPLIANCE,
    },
    { init: "none", calls: [["debug", { subcmd: "env", extraargs: [] }]], expect: { contains: "PATH=" } },
    {
      init: "none",
      calls: [["debug", { subcmd: "ls", extraargs: ["/sysroot/.."] }]],
      expect: { contains: "sysroot\n" },
      applianceOnly: NO_APPLIANCE,
    },
    { init: "none", calls: [["debug", { subcmd: "print", extraargs: ["a", "b"] }]], expect: { result: "ok" } },
    {
      init: "none",
      calls: [["debug", { subcmd: "fds", extraargs: [] }]],
      expect: { matches: "^\\d+ " },
    },
    { init: "none", calls: [["debug", { subcmd: "error", extraargs: ["10"] }]], expect: { errno: "" } },
    { init: "none", calls: [["debug", { subcmd: "nosuch", extraargs: [] }]], expect: { errno: "EINVAL" } },
    { init: "none", calls: [["debug", { subcmd: "progress", extraargs: ["0"] }]], expect: { errno: "EINVAL" } },
    {
      init: "none",
      calls: [["debug", { subcmd: "sh", extraargs: ["exit", "3"] }]],
      expect: { errno: "" },
      applianceOnly: NO_APPLIANCE,
    },
  ],
});

const uploading = {
  ret: none(),
  effect: "config",
  errors: ["EINVAL", "ENOENT"],
} as const;

export const debug_upload = defineAction({
  ...uploading,
  proc: 241,
  summary: "upload a file to the appliance",
  description: "Writes a file in the appliance itself, not in the guest, with a mode. It is gone with the appliance.",
  args: { filename: fileIn("Host file to send."), tmpname, mode },
  since: "1.3.5",
  tests: [
    {
      init: "none",
      calls: [
        ["debug_upload", { filename: "#!/bin/sh\necho hello\n", tmpname: "/tmp/hello", mode: 493 }],
        ["debug", { subcmd: "sh", extraargs: ["/tmp/hello"] }],
      ],
      expect: { result: "hello\n" },
      applianceOnly: NO_APPLIANCE,
    },
    {
      init: "none",
      calls: [["debug_upload", { filename: "x", tmpname: "/none/x", mode: 420 }]],
      expect: { errno: "ENOENT" },
      applianceOnly: NO_APPLIANCE,
    },
    {
      init: "none",
      calls: [["debug_upload", { filename: "x", tmpname: "/tmp/x", mode: -1 }]],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const internal_upload = defineAction({
  ...uploading,
  proc: 413,
  summary: "upload a file to the appliance",
  description: "As `debug_upload`; the library of libguestfs calls it.",
  args: { filename: fileIn("Host file to send."), tmpname, mode },
  since: "1.23.30",
  tests: [
    {
      init: "none",
      calls: [
        ["internal_upload", { filename: "text", tmpname: "/tmp/file", mode: 420 }],
        ["debug", { subcmd: "sh", extraargs: ["cat /tmp/file; stat -c %a /tmp/file"] }],
      ],
      expect: { result: "text644\n" },
      applianceOnly: NO_APPLIANCE,
    },
    {
      init: "none",
      calls: [["internal_upload", { filename: "x", tmpname: "/tmp/x", mode: -1 }]],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const internal_rhbz914931 = defineAction({
  proc: 397,
  summary: "fail in the middle of an upload",
  description: "Reads `count` pieces of what is sent and then fails, to test how an upload is broken off.",
  args: { filename: fileIn("Host file to send."), count: int("Pieces to read, 0 to 1000.") },
  ret: none(),
  effect: "read",
  errors: ["EINVAL"],
  since: "1.21.14",
  tests: [
    { init: "none", calls: [["internal_rhbz914931", { filename: "text", count: 1 }]], expect: { errno: "" } },
    { init: "none", calls: [["internal_rhbz914931", { filename: "text", count: 1001 }]], expect: { errno: "EINVAL" } },
  ],
  testExcuse: "it always fails",
});

export const internal_exit = defineAction({
  proc: 414,
  summary: "end the daemon",
  description: "Ends the daemon, and the appliance with it, without a reply. Nothing is unmounted or written out.",
  args: {},
  ret: none(),
  effect: "config",
  errors: [],
  since: "1.23.30",
  tests: [],
  testedIn: "tests/guestfsd/actions/debug.test.ts",
});
