/**
 * Words of a shell line to arguments of an action: required ones by position, optional ones as `name:value`, like
 * guestfish. Conversion follows the field's kind.
 */
import { isStream, type AnyAction, type AnyField, type Field, type Json } from "../../schemas/index.ts";

export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * @param name action, for messages
 * @param words the words after the action's name
 * @throws UsageError on a missing, surplus or ill-formed argument
 */
export function argumentsFromWords(name: string, action: AnyAction, words: readonly string[]): Record<string, unknown> {
  const args: Record<string, unknown> = {};
  const rest = [...words];
  for (const [arg, field] of Object.entries(action.args)) {
    const word = rest.shift();
    if (word === undefined) throw new UsageError(usage(name, action));
    args[arg] = isStream(field) ? streamValue(field.direction, word) : valueFromWord(arg, field, word);
  }
  for (const word of rest) {
    const colon = word.indexOf(":");
    const arg = word.slice(0, Math.max(colon, 0));
    const field = action.optargs[arg];
    if (colon < 0 || field === undefined)
      throw new UsageError(`${name}: unexpected argument '${word}'; ${usage(name, action)}`);
    args[arg] = valueFromWord(arg, field, word.slice(colon + 1));
  }
  return args;
}

/** `usage: mkfs fstype device [blocksize:int] ...` */
export function usage(name: string, action: AnyAction): string {
  const optional = Object.entries(action.optargs).map(([arg, field]) => `[${arg}:${field.kind}]`);
  return ["usage:", name, ...Object.keys(action.args), ...optional].join(" ");
}

/** `-` is standard output for downloads. */
function streamValue(direction: "in" | "out", word: string): string {
  return direction === "out" && word === "-" ? "/dev/stdout" : word;
}

function valueFromWord(arg: string, field: AnyField, word: string): unknown {
  // Streams are dealt with by the caller; every other field converts.
  const { kind, fromRecipe } = field as Field<unknown>;
  return fromRecipe(recipeValue(arg, kind, word));
}

function recipeValue(arg: string, kind: string, word: string): Json {
  switch (kind) {
    case "bool":
      if (/^(true|t|yes|1)$/i.test(word)) return true;
      if (/^(false|f|no|0)$/i.test(word)) return false;
      throw new UsageError(`${arg}: want true or false, got '${word}'`);
    case "int":
    case "int64": {
      const number = byteCount(word);
      if (number === undefined) throw new UsageError(`${arg}: want a number, got '${word}'`);
      return number;
    }
    case "mode":
      if (!/^0?[0-7]{1,4}$/.test(word)) throw new UsageError(`${arg}: want an octal mode, got '${word}'`);
      return word;
    case "opt_string":
      return word === "" ? null : word;
    case "string_list":
      return word.split(/\s+/).filter((item) => item !== "");
    default:
      return word;
  }
}

const UNITS: Readonly<Record<string, bigint>> = { "": 1n, K: 1n << 10n, M: 1n << 20n, G: 1n << 30n, T: 1n << 40n };

/** `10`, `-1`, `0x20`, `8K`, `1G` as a decimal string. */
function byteCount(word: string): string | undefined {
  const match = /^(-?)(0x[0-9a-f]+|[0-9]+)([KMGT]?)$/i.exec(word);
  const unit = UNITS[match?.[3]?.toUpperCase() ?? "?"];
  if (match === null || unit === undefined) return undefined;
  const size = BigInt(match[2] ?? "0") * unit;
  return String(match[1] === "-" ? -size : size);
}
