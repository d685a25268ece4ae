/**
 * Values of a recipe's variables: from the command line or the including recipe, vars files, `from:`, or the default,
 * in this order; typed and checked against the declaration. Secrets are wrapped as soon as they are known.
 */
import { readFileSync } from "node:fs";
import { resolve as resolvePath } from "node:path";

import { Secret, varTypes, type DiagnosticSource, type VarType } from "../schemas/index.ts";
import { UNKNOWN, typeWord, type Known, type Value } from "./expressions/evaluate.ts";
import { asJson, isList } from "./resolve.ts";
import { systemReason, type LoadSession } from "./session.ts";
import { didYouMean, listWords } from "./suggest.ts";
import { childOf, type MapEntry, type Tree } from "./tree.ts";

/** A value that was given, and where: text from outside still has to become the variable's type. */
export interface Given {
  readonly value: Value;
  readonly isText: boolean;
  /** Absent where it came from the command line. */
  readonly source?: DiagnosticSource;
}

export interface VarsInput {
  /** `vars:` of the recipe; the schema has accepted it. */
  readonly declared: Tree | undefined;
  readonly given: ReadonlyMap<string, Given>;
  /** Of `vars:`, or of the recipe. */
  readonly place: DiagnosticSource;
  /** Where to point when a required value is missing; the declaration when undefined. */
  readonly blame: DiagnosticSource | undefined;
  /** Folder of the recipe. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly prompt: ((question: string, secret: boolean) => Promise<string>) | undefined;
}

/** @returns a value for every declared name; UNKNOWN where there is a mistake, which is reported */
export async function readVars(input: VarsInput, session: LoadSession): Promise<ReadonlyMap<string, Known<Value>>> {
  const entries = input.declared?.kind === "map" ? [...input.declared.entries.values()] : [];
  const names = entries.map((entry) => entry.name);
  for (const [name, { source }] of input.given) {
    if (names.includes(name)) continue;
    const known = names.length === 0 ? "The recipe declares no vars." : `Declared: ${listWords(names)}.`;
    session.report.error(
      "var-unknown",
      source ?? input.place,
      `the recipe declares no variable ${name}`,
      didYouMean(name, names, known),
    );
  }
  const values = new Map<string, Known<Value>>();
  for (const entry of entries) {
    const value = await readVar(entry, input, session);
    if (value instanceof Secret) session.secrets.add(value.reveal());
    values.set(entry.name, value);
  }
  return values;
}

async function readVar(entry: MapEntry, input: VarsInput, session: LoadSession): Promise<Known<Value>> {
  const errorsBefore = session.report.errors;
  const type = typeOf(entry.value);
  const secret = scalarOf(entry.value, "secret") === true;
  checkDeclaration(entry, type, secret, session);
  const given = input.given.get(entry.name);
  if (secret && given?.isText === true) {
    const detail = "The arguments of a process are visible to others. Use a vars file, or `from:`.";
    session.report.error("var-value", entry.place, `secret variable ${entry.name} given on the command line`, detail);
  }
  const found = given ?? (await fromOutside(entry, input, secret, session));
  const fallback = childOf(entry.value, "default");
  // The default is checked even when it is not used.
  const byDefault =
    fallback && accept({ value: asJson(fallback), isText: false, source: fallback.place }, entry, session);
  if (session.report.errors > errorsBefore) return UNKNOWN;
  if (found === undefined) {
    if (byDefault !== undefined) return byDefault;
    const how = howToGive(entry);
    session.report.error("var-unset", input.blame ?? entry.place, `variable ${entry.name} has no value`, how);
    return UNKNOWN;
  }
  const value = accept(found, entry, session);
  return secret && typeof value === "string" ? new Secret(value) : value;
}

function typeOf(declaration: Tree): VarType {
  const written = scalarOf(declaration, "type");
  return varTypes.find((type) => type === written) ?? "string";
}

function scalarOf(node: Tree | undefined, key: string): unknown {
  const child = childOf(node, key);
  return child?.kind === "scalar" ? child.value : undefined;
}

/** What the schema of a declaration cannot say. */
function checkDeclaration(entry: MapEntry, type: VarType, secret: boolean, session: LoadSession): void {
  const { report } = session;
  const place = (key: string): DiagnosticSource => childOf(entry.value, key)?.place ?? entry.place;
  if (secret && type !== "string") report.error("var-value", place("type"), "a secret variable is a string");
  if (secret && childOf(entry.value, "default") !== undefined) {
    report.error(
      "var-value",
      place("default"),
      "a secret variable has no default",
      "What stands in a recipe is no secret. Use `from: { env: NAME }`, `{ file: path }` or `{ prompt: text }`.",
    );
  }
  if ((type === "integer" || type === "boolean") && childOf(entry.value, "pattern") !== undefined) {
    report.error("var-value", place("pattern"), `a pattern checks text; the variable's type is ${type}`);
  }
}

async function fromOutside(
  entry: MapEntry,
  input: VarsInput,
  secret: boolean,
  session: LoadSession,
): Promise<Given | undefined> {
  const from = childOf(entry.value, "from");
  const env = scalarOf(from, "env");
  const file = scalarOf(from, "file");
  const prompt = scalarOf(from, "prompt");
  if (typeof env === "string") {
    const value = input.env[env];
    return value === undefined ? undefined : { value, isText: true };
  }
  if (typeof file === "string") {
    const path = resolvePath(input.folder, file);
    try {
      const value = readFileSync(path, "utf8").replace(/\r?\n$/, "");
      session.addFile({ kind: "vars", path });
      return { value, isText: true };
    } catch (error) {
      const source = childOf(from, "file")?.place ?? entry.place;
      session.report.error("var-source", source, `cannot read ${file}: ${systemReason(error)}`);
      return undefined;
    }
  }
  if (typeof prompt !== "string" || input.prompt === undefined) return undefined;
  return { value: await input.prompt(prompt, secret), isText: true };
}

function howToGive(entry: MapEntry): string {
  const from = childOf(entry.value, "from");
  const env = scalarOf(from, "env");
  if (typeof env === "string") return `Set the environment variable ${env}.`;
  if (scalarOf(from, "prompt") !== undefined) return "It is asked for on a terminal; there is none.";
  const secret = scalarOf(entry.value, "secret") === true;
  return secret
    ? "Give it with a vars file, or with `from:`."
    : `Give it with --var ${entry.name}=VALUE or a vars file.`;
}

/** Types and checks a value; UNKNOWN when it does not fit, which is reported. */
function accept(given: Given, entry: MapEntry, session: LoadSession): Known<Value> {
  const type = typeOf(entry.value);
  const hidden = scalarOf(entry.value, "secret") === true;
  const shown = hidden || given.value instanceof Secret ? "the value" : JSON.stringify(given.value);
  const fail = (reason: string, detail = ""): typeof UNKNOWN => {
    session.report.error("var-value", given.source ?? entry.place, `variable ${entry.name}: ${reason}`, detail);
    return UNKNOWN;
  };

  const value = given.isText && typeof given.value === "string" ? convert(given.value, type) : given.value;
  if (value === undefined || !isOfType(value, type)) {
    const found = given.isText ? shown : typeWord(given.value);
    const hint = type === "string" && !given.isText ? "Write it in quotes, or declare another `type:`." : "";
    return fail(`expected ${TYPE_WORDS[type]}, found ${found}`, hint);
  }
  const items = isList(value) ? value : [value];
  const pattern = scalarOf(entry.value, "pattern");
  if (
    typeof pattern === "string" &&
    type !== "integer" &&
    items.some((item) => !new RegExp(pattern, "u").test(textOf(item)))
  ) {
    return fail(`${shown} does not match ${pattern}`);
  }
  const choices = childOf(entry.value, "enum");
  const allowed = choices?.kind === "list" ? choices.items.map(asJson) : undefined;
  const wrong = allowed && items.find((item) => !allowed.some((choice) => choice === plain(item)));
  if (allowed !== undefined && wrong !== undefined) {
    const words = allowed.map(String);
    return fail(
      `${shown} is not allowed`,
      hidden ? "" : didYouMean(textOf(wrong), words, `Allowed: ${listWords(words)}.`),
    );
  }
  return value;
}

const TYPE_WORDS: Readonly<Record<VarType, string>> = {
  string: "text",
  integer: "a whole number",
  boolean: "true or false",
  list: "a list",
};

function isOfType(value: Value, type: VarType): boolean {
  if (type === "string") return typeof value === "string" || value instanceof Secret;
  if (type === "integer") return typeof value === "number" && Number.isSafeInteger(value);
  return type === "boolean" ? typeof value === "boolean" : isList(value);
}

/** Text from the command line, the environment or a file as a value of the type. */
function convert(text: string, type: VarType): Value | undefined {
  if (type === "string") return text;
  if (type === "integer") return /^-?\d+$/.test(text) ? Number(text) : undefined;
  if (type === "list") return text === "" ? [] : text.split(",").map((item) => item.trim());
  return text === "true" || text === "false" ? text === "true" : undefined;
}

function plain(value: Value): Value {
  return value instanceof Secret ? value.reveal() : value;
}

function textOf(value: Value): string {
  return String(plain(value));
}
