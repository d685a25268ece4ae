/**
 * Step `run`: a command or script executed by the guest's own programs. What it changes is known only by running it; a
 * guard (`creates:`, `unless:`) says when it is done already.
 */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";

import {
  call,
  closed,
  defineStep,
  flag,
  guestPath,
  hostFile,
  listOf,
  text,
  type PlannedAction,
} from "../../../schemas/index.ts";
import { statGuest } from "../../guest-stat.ts";

/** Prints the network interfaces other than the loopback one. */
const INTERFACES = 'for i in /sys/class/net/*; do case "$i" in */lo|*"*") ;; *) echo "$i" ;; esac; done';
/** Machines whose programs run in the appliance. */
const RUNNABLE = ["", "x86_64", "amd64", "i386", "i486", "i586", "i686"];

export const run = defineStep({
  name: "run",
  summary: "run a command or script in the guest",
  description:
    "Runs a shell command, or a script of the host that is copied into the guest for the time, as root in the guest's file " +
    "system, with no network unless gild gives one. A failing command fails the recipe. Guard it with `creates` or " +
    "`unless`; without a guard it runs each time.",
  traits: { reads: true, writes: true, runsGuestPrograms: true, network: false, idempotent: "guarded" },
  schema: closed(
    {
      command: text("Command for the guest's /bin/sh."),
      script: hostFile("Script of the host. Its first line names its interpreter (#!); without one /bin/sh runs it."),
      arguments: listOf({ type: "string", description: "One argument." }, "Arguments of the script."),
      creates: guestPath("Path in the guest: when it exists, nothing is run."),
      unless: text("Command for the guest's /bin/sh that changes nothing: when it succeeds, nothing is run."),
      network: flag("The command needs the network: gild must have been started with --network. Default: false."),
    },
    [],
  ),
  short: "command",
  check: (args) => [
    ...(args.command === undefined && args.script === undefined
      ? [{ at: [], summary: "neither `command` nor `script` is given" }]
      : []),
    ...(args.command !== undefined && args.script !== undefined
      ? [{ at: ["script"], summary: "`command` and `script` exclude each other" }]
      : []),
    ...(args.arguments !== undefined && args.script === undefined
      ? [{ at: ["arguments"], summary: "arguments are for a `script`", detail: "Write them into the command." }]
      : []),
  ],
  supports: (guest) => {
    if (guest.os !== "linux" && guest.os !== "") return `programs of ${guest.os} do not run in the appliance`;
    return RUNNABLE.includes(guest.arch) ? undefined : `programs for ${guest.arch} do not run in the appliance`;
  },
  describe: ({ command, script }) => firstLine(command ?? script ?? ""),
  observe: async ({ g }, { creates, unless, script, network }) => {
    const done =
      (creates !== undefined && (await statGuest(g, creates)) !== undefined) ||
      (unless !== undefined && (await g.sh({ command: asQuestion(unless) })).trim() === "true");
    if (!done && network === true && (await g.sh({ command: INTERFACES })).trim() === "") {
      throw new Error("run: the appliance has no network (start gild with --network)");
    }
    const direct = script === undefined || (await readFile(script)).subarray(0, 2).toString("latin1") === "#!";
    return { done, direct };
  },
  lower: (args, observed): readonly PlannedAction[] => {
    if (observed?.done === true) return [];
    if (args.script === undefined) return [call("sh", { command: args.command ?? "" })];
    const path = `/tmp/gild-run-${basename(args.script).replace(/[^A-Za-z0-9._-]/g, "_")}`;
    const interpreter = observed?.direct === false ? ["/bin/sh"] : [];
    return [
      call("rm_f", { path }),
      call("upload", { filename: args.script, remotefilename: path }),
      call("chmod", { mode: 0o700, path }),
      call("command", { arguments: [...interpreter, path, ...(args.arguments ?? [])] }),
      call("rm_f", { path }),
    ];
  },
});

/** The guard as a command that always succeeds and prints its answer. */
function asQuestion(command: string): string {
  return `if (\n${command}\n) </dev/null >/dev/null 2>&1; then echo true; else echo false; fi`;
}

function firstLine(command: string): string {
  const [line = "", ...more] = command.trim().split("\n");
  return more.length === 0 ? line : `${line} ...`;
}
