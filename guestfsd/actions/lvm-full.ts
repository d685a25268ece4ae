/** Daemon side of schemas/actions/lvm-full.ts: LVM's reports as structs, by the types of their members. */
import { structs, type families, type HandlersOf, type StructName, type StructOf } from "../../schemas/index.ts";
import type { Commands, Context } from "../context.ts";
import { lvmReport, type ReportRow } from "../lvm-command.ts";

export const lvmFull = {
  pvs: (_args, { command }) => column(command, "pvs", "pv_name"),
  vgs: (_args, { command }) => column(command, "vgs", "vg_name"),

  lvs(_args, { command }) {
    const shown = ["-S", "lv_role=public && lv_skip_activation!=yes"];
    const rows = lvmReport(command, "lvs", ["vg_name", "lv_name"], ...shown);
    return rows.map((row) => `/dev/${row["vg_name"] ?? ""}/${row["lv_name"] ?? ""}`).sort();
  },

  pvs_full: (_args, { command }) => report(command, "pvs", "lvm_pv"),
  vgs_full: (_args, { command }) => report(command, "vgs", "lvm_vg"),
  lvs_full: (_args, { command }) => report(command, "lvs", "lvm_lv"),
} satisfies HandlersOf<(typeof families)["lvm-full"], Context>;

function column(command: Commands, kind: "pvs" | "vgs", field: string): readonly string[] {
  return lvmReport(command, kind, [field])
    .map((row) => row[field] ?? "")
    .filter((value) => value !== "")
    .sort();
}

function report<N extends StructName>(command: Commands, kind: "pvs" | "vgs" | "lvs", name: N): readonly StructOf<N>[] {
  return lvmReport(command, kind, Object.keys(structs[name].members)).map((row) => structOf(name, row));
}

/**
 * A row of a report as a struct of schemas: numbers where its member is one, UUIDs without dashes, -1 for a number or a
 * percentage that does not apply. Exported for tests.
 */
export function structOf<N extends StructName>(name: N, row: ReportRow): StructOf<N> {
  const members = Object.entries(structs[name].members).map(([member, field]) => {
    const value = row[member] ?? "";
    switch (field.upstream.type) {
      case "FUUID":
        return [member, value.replaceAll("-", "")];
      case "FBytes":
      case "FInt64":
        return [member, value === "" ? -1n : BigInt(value)];
      case "FOptPercent":
        return [member, value === "" ? -1 : Number(value)];
      default:
        return [member, value];
    }
  });
  // Each member was made for the type of its field.
  return Object.fromEntries(members) as StructOf<N>;
}
