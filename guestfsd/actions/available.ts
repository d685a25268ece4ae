/** Daemon side of schemas/actions/available.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { groupNames, groupState } from "../optgroups.ts";

/** Upstream's numbers on the wire. */
const ANSWER = { available: 0, unavailable: 1, unknown: 2 } as const;

export const available = {
  available_all_groups: () => groupNames(),
  internal_feature_available: ({ group }) => ANSWER[groupState(group)],
} satisfies HandlersOf<typeof families.available, Context>;
