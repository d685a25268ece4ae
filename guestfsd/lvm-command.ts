/** Runs `lvm` and reads its reports. One process a call: `lvm SUBCOMMAND`, never through a shell. */
import type { Commands } from "./context.ts";
import { ActionError } from "./errors.ts";

/** A row of a report: values by LVM's field name, as LVM prints them. */
export type ReportRow = Readonly<Record<string, string>>;

/** @throws ActionError with lvm's own message */
export function lvm(command: Commands, ...args: readonly string[]): string {
  return command.check(["lvm", ...args]);
}

/**
 * A report, sizes in bytes without unit.
 *
 * @param kind pvs, vgs or lvs
 * @param fields LVM's field names
 * @param more further arguments, such as the name of a volume group
 */
export function lvmReport(
  command: Commands,
  kind: "pvs" | "vgs" | "lvs",
  fields: readonly string[],
  ...more: readonly string[]
): readonly ReportRow[] {
  const text = lvm(
    command,
    kind,
    "--reportformat",
    "json",
    "--units",
    "b",
    "--nosuffix",
    "-o",
    fields.join(","),
    ...more,
  );
  return rowsOf(text, kind.slice(0, -1));
}

/** `{ "report": [ { "KIND": [ {...}, ... ] } ] }` */
function rowsOf(text: string, kind: string): readonly ReportRow[] {
  const report: unknown = JSON.parse(text);
  const lists = property(report, "report");
  if (!Array.isArray(lists)) throw new ActionError(`lvm: no report in its output`);
  return lists.flatMap((list: unknown) => {
    const rows = property(list, kind);
    return Array.isArray(rows) ? rows.map(textRow) : [];
  });
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function textRow(row: unknown): ReportRow {
  if (typeof row !== "object" || row === null) return {};
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)]));
}
