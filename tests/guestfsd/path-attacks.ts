/**
 * Calls that give a path to every action that takes one, derived from the table: for the tests that no path leads out of the
 * guest. What the other arguments are comes from the action's own tests.
 */
import { actions, isStream, type AnyAction, type AnyField, type Json } from "../../schemas/index.ts";

export interface PathAttack {
  readonly action: string;
  /** The argument that the path stands in. */
  readonly argument: string;
  /** Arguments of the call, streams left out. */
  readonly args: (path: string) => Readonly<Record<string, unknown>>;
}

/** Flavours of arguments that name a file of the guest, or can. */
const PATH_FLAVOURS = new Set(["Pathname", "Dev_or_Path", "Mountable_or_Path", "Filename"]);
/** Names of arguments that upstream's interface calls texts, and that are places of the guest. */
const TEXT_PATHS = new Set([
  "directory",
  "exemptpath",
  "mountpoint",
  "pathordevice",
  "root",
  "specfile",
  "target",
  "tmpl",
]);
const TEXT_FLAVOURS = new Set(["PlainString", undefined]);

/** One for every such argument of every action. `file` is a file of the guest, for the paths beside the one that attacks. */
export function pathAttacks(file: string): PathAttack[] {
  const table: Readonly<Record<string, AnyAction>> = actions;
  return Object.entries(table).flatMap(([action, spec]) =>
    Object.entries({ ...spec.args, ...spec.optargs })
      .filter(([argument, field]) => isPath(argument, field))
      .map(([argument]) => ({
        action,
        argument,
        args: (path: string) => argumentsOf(action, spec, argument, path, file),
      })),
  );
}

function isPath(name: string, field: AnyField): boolean {
  const { type, of } = field.upstream;
  if (PATH_FLAVOURS.has(of ?? "")) return true;
  if (type === "OptString") return name === "filename";
  return type === "String" && TEXT_FLAVOURS.has(of) && TEXT_PATHS.has(name);
}

function argumentsOf(
  action: string,
  spec: AnyAction,
  attacked: string,
  path: string,
  file: string,
): Record<string, unknown> {
  const example = exampleArgs(action, spec);
  const args: Record<string, unknown> = {};
  for (const [name, field] of Object.entries({ ...spec.args, ...spec.optargs })) {
    if (isStream(field)) continue;
    const value = name === attacked ? path : valueOf(name, field, example[name], file);
    if (typeof value === "string" && Array.isArray(field.filler)) args[name] = [listed(field, value)];
    else if (value !== undefined) args[name] = value;
    else if (Object.hasOwn(spec.args, name)) args[name] = field.filler;
  }
  return args;
}

/** Arguments of the call in the action's own tests, one that succeeds if there is one. */
function exampleArgs(action: string, { tests }: AnyAction): Readonly<Record<string, Json>> {
  const example = tests.find(({ expect }) => !("errno" in expect)) ?? tests[0];
  return example?.calls.findLast(([name]) => name === action)?.[1] ?? {};
}

function valueOf(name: string, field: Exclude<AnyField, { direction: string }>, given: Json | undefined, file: string) {
  if (given === undefined) return undefined;
  return isPath(name, field) ? file : field.fromRecipe(given);
}

/** Names in a list of file names are looked for below a directory. */
const listed = (field: AnyField, path: string): string => (field.upstream.of === "Filename" ? `../../..${path}` : path);
