/**
 * FromSchema: the TypeScript type of the values that a JSON Schema accepts, for the subset of keywords that step schemas
 * use (type, const, enum, anyOf, properties, required, additionalProperties, items). Types only.
 */
import type { Text } from "./secret.ts";

type Optional<S> = S extends { readonly required: readonly (infer R)[] } ? R : never;

type Members<P, R> = { readonly [K in keyof P as K extends R ? K : never]: FromSchema<P[K]> } & {
  readonly [K in keyof P as K extends R ? never : K]?: FromSchema<P[K]>;
};

/** One flat object type, which reads better in messages than an intersection. */
type Flat<T> = { [K in keyof T]: T[K] };

export type FromSchema<S> = S extends { readonly const: infer C }
  ? C
  : S extends { readonly enum: readonly (infer E)[] }
    ? E
    : S extends { readonly anyOf: readonly (infer U)[] }
      ? FromSchema<U>
      : S extends { readonly type: "string"; readonly writeOnly: true }
        ? Text
        : S extends { readonly type: "string" }
          ? string
          : S extends { readonly type: "integer" | "number" }
            ? number
            : S extends { readonly type: "boolean" }
              ? boolean
              : S extends { readonly type: "null" }
                ? null
                : S extends { readonly type: "array"; readonly items: infer I }
                  ? readonly FromSchema<I>[]
                  : S extends { readonly type: "object"; readonly properties: infer P }
                    ? Flat<Members<P, Optional<S>>>
                    : S extends { readonly type: "object"; readonly additionalProperties: infer V }
                      ? Readonly<Record<string, FromSchema<V>>>
                      : unknown;
