/** Daemon side of schemas/actions/ldm.ts. ldmtool answers in JSON. */
import { mappedDevices } from "../block-sysfs.ts";
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Commands, Context } from "../context.ts";
import { ActionError } from "../errors.ts";

type Answer = Readonly<Record<string, unknown>>;

export const ldm = {
  list_ldm_volumes: () => mappedNamed("ldm_vol_"),

  list_ldm_partitions: () => mappedNamed("ldm_part_"),

  ldmtool_create_all(_args, { command }) {
    command.check(["ldmtool", "create", "all"]);
  },

  ldmtool_remove_all(_args, { command }) {
    command.check(["ldmtool", "remove", "all"]);
  },

  ldmtool_scan: (_args, { command }) => texts(ask(command, ["scan"])),

  ldmtool_scan_devices: ({ devices }, { command }) => texts(ask(command, ["scan", ...devices])),

  ldmtool_diskgroup_name: ({ diskgroup }, { command }) => text(group(command, diskgroup), "name"),

  ldmtool_diskgroup_volumes: ({ diskgroup }, { command }) => texts(group(command, diskgroup)["volumes"]),

  ldmtool_diskgroup_disks: ({ diskgroup }, { command }) => texts(group(command, diskgroup)["disks"]),

  ldmtool_volume_type: (args, { command }) => text(volume(command, args), "type"),

  ldmtool_volume_hint: (args, { command }) => optional(volume(command, args)["hint"]),

  ldmtool_volume_partitions: (args, { command }) => texts(volume(command, args)["partitions"]),
} satisfies HandlersOf<typeof families.ldm, Context>;

function mappedNamed(prefix: string): readonly string[] {
  return mappedDevices().flatMap(({ name }) => (name.startsWith(prefix) ? [`/dev/mapper/${name}`] : []));
}

const group = (command: Commands, diskgroup: string): Answer => object(ask(command, ["show", "diskgroup", diskgroup]));

function volume(command: Commands, args: { readonly diskgroup: string; readonly volume: string }): Answer {
  return object(ask(command, ["show", "volume", args.diskgroup, args.volume]));
}

function ask(command: Commands, argv: readonly string[]): unknown {
  const output = command.check(["ldmtool", ...argv]);
  try {
    return JSON.parse(output);
  } catch (error) {
    throw new ActionError(`ldmtool: unexpected output '${output.trim()}'`, "", { cause: error });
  }
}

function object(answer: unknown): Answer {
  if (typeof answer !== "object" || answer === null) throw new ActionError("ldmtool: its answer is no object");
  return Object.fromEntries(Object.entries(answer));
}

function text(answer: Answer, name: string): string {
  const value = answer[name];
  if (typeof value !== "string") throw new ActionError(`ldmtool: its answer has no ${name}`);
  return value;
}

const optional = (value: unknown): string => (typeof value === "string" ? value : "");

function texts(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw new ActionError("ldmtool: its answer has no list");
  return value.map(String);
}
