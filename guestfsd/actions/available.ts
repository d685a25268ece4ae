/** Daemon side of schemas/actions/available.ts. */
import { readFileSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { ActionError } from "../errors.ts";
import { groupNames, groupState } from "../optgroups.ts";

/** Upstream's numbers on the wire. */
const ANSWER = { available: 0, unavailable: 1, unknown: 2 } as const;

export const available = {
  available_all_groups: () => groupNames(),
  internal_feature_available: ({ group }) => ANSWER[groupState(group)],

  filesystem_available({ filesystem }, { command }) {
    if (!/^\w+$/.test(filesystem)) {
      throw new ActionError(`${filesystem}: filesystem name contains non-alphanumeric characters`, "EINVAL");
    }
    if (kernelHas(filesystem)) return true;
    // Not found is an answer: a status that says nothing more.
    command.run(["modprobe", "-q", `fs-${filesystem}`]);
    return kernelHas(filesystem);
  },
} satisfies HandlersOf<typeof families.available, Context>;

function kernelHas(filesystem: string): boolean {
  const lines = readFileSync("/proc/filesystems", "latin1").split("\n");
  return lines.some((line) => line.split("\t").at(-1) === filesystem);
}
