/** Daemon side of schemas/actions/lvm-full.ts. */
import { structs, type families, type HandlersOf, type StructName, type StructOf } from "../../schemas/index.ts";
import type { Commands, Context } from "../context.ts";
import { lvmColumn, lvmReport, lvPaths } from "../lvm-command.ts";

export const lvmFull = {
  pvs: (_args, { command }) => lvmColumn(command, "pvs", "pv_name").toSorted(),
  vgs: (_args, { command }) => lvmColumn(command, "vgs", "vg_name").toSorted(),
  lvs: (_args, { command }) => lvPaths(command).toSorted(),
  pvs_full: (_args, { command }) => full(command, "pvs", "lvm_pv"),
  vgs_full: (_args, { command }) => full(command, "vgs", "lvm_vg"),
  lvs_full: (_args, { command }) => full(command, "lvs", "lvm_lv"),
} satisfies HandlersOf<(typeof families)["lvm-full"], Context>;

/** Every member of the struct is a field of the report of the same name. */
function full<N extends "lvm_pv" | "lvm_vg" | "lvm_lv">(
  command: Commands,
  kind: "pvs" | "vgs" | "lvs",
  name: N,
): readonly StructOf<N>[] {
  const { members } = structs[name satisfies StructName];
  const rows = lvmReport(command, kind, Object.keys(members));
  return rows.map((row) => {
    const values = Object.entries(members).map(([member, field]) => [
      member,
      memberValue(field.kind, row[member] ?? ""),
    ]);
    return Object.fromEntries(values) as StructOf<N>; // one value of the member's kind for each member
  });
}

function memberValue(kind: string, text: string): string | number | bigint {
  switch (kind) {
    case "uuid":
      return text.replaceAll("-", "");
    case "bytes":
    case "int64":
      return /^-?[0-9]+$/.test(text) ? BigInt(text) : -1n;
    case "opt_percent":
      return text === "" ? -1 : Number(text);
    default:
      return text;
  }
}
