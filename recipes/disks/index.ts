/** Disk layouts: provisional face until the layout language is here; accepts nothing but an empty list. */
import type { ArgProblem, FromSchema, RecipeLayout, SourceRange } from "../../schemas/index.ts";

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

export function makeLayout(_disks: Disks, _source: SourceRange): RecipeLayout | undefined {
  return undefined;
}
