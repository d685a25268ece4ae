/** Looks into JSON that is not trusted. */

/** The members of an object, to be checked one by one; of anything else none. */
export function members(value: unknown): Readonly<Record<string, unknown>> {
  // Their types are not known.
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
