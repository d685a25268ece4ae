/** Walks a value beside its schema: which subschemas speak about which part. Validates nothing. */
import { HOST_FILE, HOST_FOLDER, HOST_PATH, Secret, type Json, type JsonSchema } from "../schemas/index.ts";
import type { Value } from "./expressions/evaluate.ts";
import { isList, toObject } from "./resolve.ts";
import type { Path } from "./tree.ts";

export type HostKind = "file" | "folder" | "any";

/** A leaf (no list, no mapping) and what the schema allows it to be. */
export interface Leaf {
  readonly value: null | string | number | boolean | Secret;
  readonly path: Path;
  /** A secret may stand here. */
  readonly takesSecret: boolean;
  /** Set where the text is a path on the host. */
  readonly host?: HostKind;
}

/** Copies `value`, each leaf replaced by what `change` makes of it. */
export function mapLeaves(schema: JsonSchema, value: Value, change: (leaf: Leaf) => Value): Value {
  return walk([schema], value, []);

  function walk(schemas: readonly JsonSchema[], part: Value, path: Path): Value {
    const all = schemas.flatMap(withBranches);
    if (isList(part)) {
      const items = all.flatMap((one) => subschema(one["items"]));
      return part.map((item, index) => walk(items, item, [...path, index]));
    }
    if (part === null || typeof part !== "object" || part instanceof Secret) return change(leafOf(all, part, path));
    return toObject(
      Object.entries(part).map(([key, item]) => {
        const inner = all.flatMap((one) => memberSchemas(one, key));
        return [key, walk(inner, item, [...path, key])] as const;
      }),
    );
  }
}

function leafOf(schemas: readonly JsonSchema[], value: Leaf["value"], path: Path): Leaf {
  const takesSecret = schemas.some((one) => one["writeOnly"] === true);
  const host = schemas.map((one) => hostKind(one["format"])).find((kind) => kind !== undefined);
  return host === undefined ? { value, path, takesSecret } : { value, path, takesSecret, host };
}

function hostKind(format: Json | undefined): HostKind | undefined {
  if (format === HOST_FILE) return "file";
  if (format === HOST_FOLDER) return "folder";
  return format === HOST_PATH ? "any" : undefined;
}

function withBranches(schema: JsonSchema): readonly JsonSchema[] {
  const branches = schema["anyOf"];
  return Array.isArray(branches) ? [schema, ...branches.flatMap(subschema).flatMap(withBranches)] : [schema];
}

function memberSchemas(schema: JsonSchema, key: string): readonly JsonSchema[] {
  const properties = schema["properties"];
  if (isObject(properties) && Object.hasOwn(properties, key)) return subschema(properties[key]);
  return subschema(schema["additionalProperties"]);
}

function subschema(schema: Json | undefined): readonly JsonSchema[] {
  return isObject(schema) ? [schema] : [];
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
