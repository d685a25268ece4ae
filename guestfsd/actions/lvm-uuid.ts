/** Daemon side of schemas/actions/lvm-uuid.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { failure } from "../errors.ts";
import { lvm, lvmColumn } from "../lvm-command.ts";

export const lvmUuid = {
  pvuuid: ({ device }, { command }) => only(device, lvmColumn(command, "pvs", "pv_uuid", device)),
  vguuid: ({ vgname }, { command }) => only(vgname, lvmColumn(command, "vgs", "vg_uuid", vgname)),
  lvuuid: ({ device }, { command }) => only(device, lvmColumn(command, "lvs", "lv_uuid", device)),
  vgpvuuids: ({ vgname }, { command }) => lvmColumn(command, "vgs", "pv_uuid", vgname),
  vglvuuids: ({ vgname }, { command }) => lvmColumn(command, "vgs", "lv_uuid", vgname).filter((uuid) => uuid !== ""),

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

function only(operand: string, values: readonly string[]): string {
  const [value] = values;
  if (value === undefined) throw failure(operand, "ENOENT");
  return value;
}
