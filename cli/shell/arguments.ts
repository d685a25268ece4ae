/**
 * Words of a shell line to arguments of an action: required ones by position, optional ones as `name:value`, like
 * guestfish. Conversion follows the field's kind.
 */
import { isStream, type AnyAction, type AnyField, type Field, type Json } from "../../schemas/index.ts";
import { UsageError } from "./usage-error.ts";
import { booleanOf, listOf, numberOf } from "./word-values.ts";

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

/** `-` is standard output for downloads, standard input for uploads. */
function streamValue(direction: "in" | "out", word: string): string {
  if (word !== "-") return word;
  return direction === "out" ? "/dev/stdout" : "/dev/stdin";
}

function valueFromWord(arg: string, field: AnyField, word: string): unknown {
  // Streams are dealt with by the caller; every other field converts.
  const { kind, fromRecipe } = field as Field<unknown>;
  return fromRecipe(recipeValue(arg, kind, word));
}

function recipeValue(arg: string, kind: string, word: string): Json {
  switch (kind) {
    case "bool":
      return booleanOf(arg, word);
    case "int":
    case "int64":
      return String(numberOf(arg, word));
    case "mode":
      if (!/^0?[0-7]{1,4}$/.test(word)) throw new UsageError(`${arg}: want an octal mode, got '${word}'`);
      return word;
    case "opt_string":
      return word === "" ? null : word;
    case "string_list":
      return listOf(word);
    default:
      return word;
  }
}
