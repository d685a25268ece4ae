/** JSON values and the subset of JSON Schema 2020-12 that fields produce. Types only. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON Schema fragment; always closed by its maker (`additionalProperties: false` on objects). */
export interface JsonSchema {
  readonly [keyword: string]: Json;
}
