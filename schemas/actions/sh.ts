/** Programs of the guest (upstream daemon/sh.c). */
import { defineAction } from "../action.ts";
import { fileOut, string, stringList } from "../field.ts";
import { none, rString, rStringList } from "../result.ts";

const RUNS =
  "It runs as root in the appliance with the guest as its root directory, with /dev, /dev/pts, /proc and /sys mounted, in a PID namespace of its own: processes that it leaves behind are killed when it ends. Needs a guest whose programs run on this machine.";
const TESTED_IN = "tests/guestfsd/actions/sh.test.ts";

export const command = defineAction({
  proc: 50,
  summary: "run a program of the guest",
  description: `Runs a program, found through PATH, without a shell, and gives its standard output. ${RUNS} A status other than 0 is an error with the program's standard error.`,
  args: { arguments: stringList("Program and arguments.") },
  ret: rString("output"),
  effect: "write",
  errors: [],
  since: "1.9.1",
  tests: [
    { init: "scratch", calls: [["command", { arguments: ["/missing"] }]], expect: { errno: "" } },
    { init: "scratch", calls: [["command", { arguments: [] }]], expect: { errno: "EINVAL" } },
  ],
  testedIn: TESTED_IN,
});

export const command_lines = defineAction({
  proc: 51,
  summary: "run a program of the guest, giving lines",
  description: `As \`command\`, with the output cut into lines. ${RUNS}`,
  args: { arguments: stringList("Program and arguments.") },
  ret: rStringList("lines"),
  effect: "write",
  errors: [],
  since: "1.9.1",
  tests: [{ init: "scratch", calls: [["command_lines", { arguments: ["/missing"] }]], expect: { errno: "" } }],
  testedIn: TESTED_IN,
});

export const sh = defineAction({
  proc: 111,
  summary: "run a command of the guest's shell",
  description: `Runs \`/bin/sh -c COMMAND\` of the guest and gives its standard output. ${RUNS} A status other than 0 is an error with the command's standard error.`,
  args: { command: string("Shell command.") },
  ret: rString("output"),
  effect: "write",
  errors: [],
  since: "1.0.50",
  tests: [{ init: "scratch", calls: [["sh", { command: "true" }]], expect: { errno: "" } }],
  testedIn: TESTED_IN,
});

export const sh_lines = defineAction({
  proc: 112,
  summary: "run a command of the guest's shell, giving lines",
  description: `As \`sh\`, with the output cut into lines. ${RUNS}`,
  args: { command: string("Shell command.") },
  ret: rStringList("lines"),
  effect: "write",
  errors: [],
  since: "1.0.50",
  tests: [{ init: "scratch", calls: [["sh_lines", { command: "true" }]], expect: { errno: "" } }],
  testedIn: TESTED_IN,
});

export const command_out = defineAction({
  proc: 516,
  summary: "run a program of the guest, giving its output as a file",
  description: `As \`command\`, for an output of any size. ${RUNS} A status other than 0 breaks the transfer off.`,
  args: { arguments: stringList("Program and arguments."), output: fileOut("Host file to fill.") },
  ret: none(),
  effect: "write",
  errors: [],
  since: "1.55.6",
  tests: [
    { init: "scratch", calls: [["command_out", { arguments: ["/missing"] }]], expect: { errno: "" } },
    { init: "scratch", calls: [["command_out", { arguments: [] }]], expect: { errno: "EINVAL" } },
  ],
  testedIn: TESTED_IN,
});

export const sh_out = defineAction({
  proc: 517,
  summary: "run a command of the guest's shell, giving its output as a file",
  description: `As \`sh\`, for an output of any size. ${RUNS} A status other than 0 breaks the transfer off.`,
  args: { command: string("Shell command."), output: fileOut("Host file to fill.") },
  ret: none(),
  effect: "write",
  errors: [],
  since: "1.55.6",
  tests: [{ init: "scratch", calls: [["sh_out", { command: "true" }]], expect: { errno: "" } }],
  testedIn: TESTED_IN,
});
