/** Pieces of the JSON Schemas of documents: plans, diffs, saved plans. */
import type { Json, JsonSchema } from "./json.ts";

export const text = (description: string): JsonSchema => ({ type: "string", description });

/** An object with these members and no others; all are required but `optional`. */
export function closed(
  description: string,
  properties: Readonly<Record<string, Json>>,
  optional: readonly string[] = [],
) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", description, properties, required, additionalProperties: false } as const;
}
