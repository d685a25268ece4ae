/** Daemon side of schemas/actions/sfdisk.ts. */
import { constants } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { withDevice } from "../native/block-device.ts";
import { sfdisk as runSfdisk } from "../partitions.ts";

interface Geometry {
  readonly cyls: number;
  readonly heads: number;
  readonly sectors: number;
}

export const sfdisk = {
  sfdisk({ device, lines, ...geometry }, context) {
    refuseGeometry(geometry);
    change(context, device, [], lines);
  },

  sfdisk_N({ device, partnum, line, ...geometry }, context) {
    refuseGeometry(geometry);
    if (partnum < 1) throw new ActionError(`${partnum}: partition numbers begin with 1`, "EINVAL");
    change(context, device, ["-N", String(partnum)], [line]);
  },

  sfdiskM({ device, lines }, context) {
    change(context, device, [], lines.map(inMebibytes));
  },

  sfdisk_l: ({ device }, context) => show(context, "-l", device),
  sfdisk_kernel_geometry: ({ device }, context) => show(context, "-g", device),
  sfdisk_disk_geometry: ({ device }, context) => show(context, "-g", device),
} satisfies HandlersOf<typeof families.sfdisk, Context>;

function refuseGeometry(geometry: Geometry): void {
  for (const [name, value] of Object.entries(geometry)) {
    if (value < 0) throw new ActionError(`${name} is negative`, "EINVAL");
    if (value > 0) throw new ActionError(`${name}: sfdisk knows no geometry any more: this must be 0`, "ENOTSUP");
  }
}

function change(context: Context, disk: string, options: readonly string[], lines: readonly string[]): void {
  // Before anything is written: afterwards the kernel could be left with the old table.
  about(context.devices.toApi(disk), () => withDevice(disk, constants.O_RDWR | constants.O_EXCL, () => undefined));
  runSfdisk(context, disk, options, [], lines.map((line) => `${line}\n`).join(""));
}

/** Start and size of a line are its first two fields, or have their names; a number that has a unit keeps it. Exported for tests. */
export function inMebibytes(line: string): string {
  const fields = line.split(",");
  return fields
    .map((field, index) => {
      const wanted = /^\s*(?:(start|size)\s*=)?\s*\+?\d+\s*$/.exec(field);
      if (wanted === null || (index > 1 && wanted[1] === undefined)) return field;
      return `${field.trimEnd()}MiB`;
    })
    .join(",");
}

function show({ command, devices }: Context, option: string, device: string): string {
  // sfdisk prints the names that it was given, and those of partitions made from them.
  return command.check(["sfdisk", option, device]).replaceAll(device, devices.toApi(device));
}
