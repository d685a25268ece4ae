/** Daemon side of schemas/actions/lvm-uuid.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Commands, Context } from "../context.ts";
import { ActionError } from "../errors.ts";
import { lvm, lvmReport } from "../lvm-command.ts";

type Kind = "pvs" | "vgs" | "lvs";

export const lvmUuid = {
  pvuuid: ({ device }, { command }) => one(command, "pvs", "pv_uuid", device),
  vguuid: ({ vgname }, { command }) => one(command, "vgs", "vg_uuid", vgname),
  lvuuid: ({ device }, { command }) => one(command, "lvs", "lv_uuid", device),
  vgpvuuids: ({ vgname }, { command }) => all(command, "vgs", "pv_uuid", vgname),
  vglvuuids: ({ vgname }, { command }) => all(command, "vgs", "lv_uuid", vgname),

  pvchange_uuid({ device }, { command }) {
    lvm(command, "pvchange", "--uuid", device);
  },

  pvchange_uuid_all(_args, { command }) {
    lvm(command, "pvchange", "--uuid", "--all");
  },

  vgchange_uuid({ vg }, { command }) {
    lvm(command, "vgchange", "--uuid", vg);
  },

  vgchange_uuid_all(_args, { command }) {
    lvm(command, "vgchange", "--uuid");
  },
} satisfies HandlersOf<(typeof families)["lvm-uuid"], Context>;

function one(command: Commands, kind: Kind, field: string, name: string): string {
  const [uuid] = all(command, kind, field, name);
  if (uuid === undefined) throw new ActionError(`${name}: no UUID was reported`);
  return uuid;
}

/** A group without volumes is reported as one row with an empty UUID. */
function all(command: Commands, kind: Kind, field: string, name: string): readonly string[] {
  return lvmReport(command, kind, [field], name)
    .map((row) => row[field] ?? "")
    .filter((uuid) => uuid !== "");
}
