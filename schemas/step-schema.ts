/**
 * Builders for the properties of step schemas, so that every property has a description and the common kinds (guest
 * path, host file, mode, secret) look and fail alike everywhere. Makes schemas only; validation is in recipes/.
 */

/** Permission bits as a quoted octal string: "0644". */
export const MODE_PATTERN = "^0?[0-7]{3,4}$";
/** `format` of a path of a file on the host, relative to the recipe that names it; it must exist when the recipe is read. */
export const HOST_FILE = "host-file";
/** The same for a folder. */
export const HOST_FOLDER = "host-folder";
/** The same for a file or a folder. */
export const HOST_PATH = "host-path";

/** Any text, at least one character. */
export const text = <const D extends string>(description: D) =>
  ({ type: "string", minLength: 1, description }) as const;

/** Any text, also empty. */
export const anyText = <const D extends string>(description: D) => ({ type: "string", description }) as const;

/** Text where a secret is allowed: the step gets `Text` (string or Secret). */
export const secretText = <const D extends string>(description: D) =>
  ({ type: "string", writeOnly: true, description }) as const;

/** Text of a form; `description` says the form in words. */
export const matching = <const P extends string, const D extends string>(pattern: P, description: D) =>
  ({ type: "string", pattern, description }) as const;

/** Absolute path inside the guest. */
export const guestPath = <const D extends string>(description: D) =>
  ({ type: "string", pattern: "^/", description }) as const;

export const hostFile = <const D extends string>(description: D) =>
  ({ type: "string", minLength: 1, format: HOST_FILE, description }) as const;

export const hostFolder = <const D extends string>(description: D) =>
  ({ type: "string", minLength: 1, format: HOST_FOLDER, description }) as const;

export const hostPath = <const D extends string>(description: D) =>
  ({ type: "string", minLength: 1, format: HOST_PATH, description }) as const;

/** Permission bits, a quoted octal string. */
export const octalMode = <const D extends string>(description: D) =>
  ({ type: "string", pattern: MODE_PATTERN, description }) as const;

export const flag = <const D extends string>(description: D) => ({ type: "boolean", description }) as const;

export const integer = <const D extends string>(description: D, minimum = 0) =>
  ({ type: "integer", minimum, description }) as const;

/** One of some words. */
export const choice = <const E extends readonly string[], const D extends string>(values: E, description: D) =>
  ({ type: "string", enum: values, description }) as const;

/** A list; `items` is a schema. */
export const listOf = <const I, const D extends string>(items: I, description: D) =>
  ({ type: "array", items, description }) as const;

/** Keys of the author's choice, each value of one schema. */
export const mapOf = <const V, const D extends string>(values: V, description: D) =>
  ({ type: "object", additionalProperties: values, description }) as const;

/** Either of two forms. */
export const eitherOf = <const A, const B, const D extends string>(a: A, b: B, description: D) =>
  ({ anyOf: [a, b], description }) as const;

/** A closed object. */
export const closed = <const P, const R extends readonly (keyof P & string)[]>(
  properties: P,
  required: R,
  description = "",
) =>
  ({
    type: "object",
    properties,
    required,
    additionalProperties: false,
    ...(description === "" ? {} : { description }),
  }) as const;

/** The octal string as a number. */
export function modeBits(mode: string): number {
  return Number.parseInt(mode, 8);
}
