/** Disk layouts: provisional face until the layout language is here; accepts nothing but an empty list. */
import type { ArgProblem, FromSchema } from "../../schemas/index.ts";

export const disksSchema = {
  type: "array",
  description: "Disks to lay out.",
  maxItems: 0,
  items: { type: "string" },
} as const;
export type Disks = FromSchema<typeof disksSchema>;

export function checkDisks(_disks: Disks): readonly ArgProblem[] {
  return [];
}
