/**
 * Ajv's errors to problems that people understand: one per mistake (the branches of `anyOf` are weighed), with
 * did-you-mean and a hint. Paths, not places; the caller has the text.
 */
import type { ErrorObject } from "ajv";

import { MODE_PATTERN, type DiagnosticCode } from "../schemas/index.ts";
import { didYouMean, listWords, nearest } from "./suggest.ts";
import type { Path } from "./tree.ts";

export interface SchemaProblem {
  readonly code: DiagnosticCode;
  readonly path: Path;
  /** Point at the key itself, not at its value. */
  readonly atKey: boolean;
  readonly summary: string;
  readonly detail: string;
}

/** What the caller knows of the values. Pointers are Ajv's instance paths (RFC 6901). */
export interface ValueNotes {
  /** Nothing can be said of these yet: their value is not known. */
  readonly open: ReadonlySet<string>;
  /** These must not be shown. */
  readonly secret: ReadonlySet<string>;
  /** As written in the file. */
  readonly raw: (path: Path) => string | undefined;
}

type Finding = Omit<SchemaProblem, "path" | "atKey"> & { readonly key?: string };

/** @param subject what is being checked, for messages: a step's name; empty for the recipe itself */
export function explain(errors: readonly ErrorObject[], subject: string, notes: ValueNotes): readonly SchemaProblem[] {
  const relevant = errors.filter((error) => !notes.open.has(error.instancePath) && !inPropertyName(error));
  const kept = weigh(relevant);
  const misspelt = new Set(kept.map(misspeltKey));
  return kept
    .filter((error) => error.keyword !== "required" || !misspelt.has(keyId(error, "missingProperty")))
    .map((error) => {
      const path = fromPointer(error.instancePath);
      const { key, ...finding } = find(error, subject, path, notes);
      return { ...finding, path: key === undefined ? path : [...path, key], atKey: key !== undefined };
    });
}

/** The known key that an unknown one was probably meant to be: that one is then not missing besides. */
function misspeltKey(error: ErrorObject): string {
  if (error.keyword !== "additionalProperties") return "";
  const meant = nearest(paramOf(error, "additionalProperty"), Object.keys(properties(error)));
  return meant === undefined ? "" : `${error.instancePath} ${meant}`;
}

function keyId(error: ErrorObject, param: string): string {
  return `${error.instancePath} ${paramOf(error, param)}`;
}

function paramOf(error: ErrorObject, name: string): string {
  // Ajv gives the keyword's parameters untyped.
  return String((error.params as Readonly<Record<string, unknown>>)[name]);
}

/** `step: list[2].key` */
function nameOf(subject: string, path: Path): string {
  const text = path.map((part) => (/^\d+$/.test(String(part)) ? `[${part}]` : `.${part}`)).join("");
  const inner = text.replace(/^\./, "");
  if (inner === "") return subject || "the recipe";
  // The short form's key is often the step's own name.
  if (subject === "" || path[0] === subject) return inner;
  return inner.startsWith("[") ? `${subject}${inner}` : `${subject}: ${inner}`;
}

/** RFC 6901 pointer of a path. */
export function toPointer(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function fromPointer(pointer: string): Path {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The key's own schema fails too; the error of `propertyNames` says which key. */
function inPropertyName(error: ErrorObject): boolean {
  return error.schemaPath.includes("/propertyNames/");
}

/** Of each `anyOf`, keeps the errors of the branch that the author most probably meant. */
function weigh(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const choices = errors.filter((error) => error.keyword === "anyOf");
  const isInside = (error: ErrorObject, choice: ErrorObject): boolean =>
    error !== choice &&
    error.schemaPath.startsWith(`${choice.schemaPath}/`) &&
    (error.instancePath === choice.instancePath || error.instancePath.startsWith(`${choice.instancePath}/`));
  const outermost = choices.filter((one) => !choices.some((other) => isInside(one, other)));
  const plain = errors.filter((one) => one.keyword !== "anyOf" && !outermost.some((choice) => isInside(one, choice)));
  return [
    ...plain,
    ...outermost.flatMap((choice) =>
      weighChoice(
        choice,
        errors.filter((one) => isInside(one, choice)),
      ),
    ),
  ];
}

function weighChoice(choice: ErrorObject, inside: readonly ErrorObject[]): readonly ErrorObject[] {
  const branches = new Map<string, ErrorObject[]>();
  for (const error of inside) {
    const [index = ""] = error.schemaPath.slice(choice.schemaPath.length + 1).split("/");
    branches.set(index, [...(branches.get(index) ?? []), error]);
  }
  const count = Array.isArray(choice.schema) ? choice.schema.length : branches.size;
  // A branch without errors failed only where nothing is known yet.
  if (branches.size < count) return [];
  const ofTheType = [...branches.values()].filter(
    (branch) => !branch.some((error) => error.keyword === "type" && error.instancePath === choice.instancePath),
  );
  const [best, ...others] = ofTheType.sort((a, b) => a.length - b.length);
  return best === undefined || (others.length > 0 && best.every((one) => one.keyword === "enum"))
    ? [choice]
    : weigh(best);
}

function find(error: ErrorObject, subject: string, path: Path, notes: ValueNotes): Finding {
  const place = nameOf(subject, path);
  const shown = notes.secret.has(error.instancePath) ? "the value" : show(error.data);
  const hint = sentence(error.parentSchema?.["description"]);
  switch (error.keyword) {
    case "additionalProperties":
      return unknownKey(paramOf(error, "additionalProperty"), place, error);
    case "required": {
      const key = paramOf(error, "missingProperty");
      return { code: "missing-key", summary: `${place} needs the key "${key}"`, detail: describeKey(error, key) };
    }
    case "propertyNames":
      return {
        ...badForm(`"${paramOf(error, "propertyName")}" cannot be a name here`, ""),
        key: paramOf(error, "propertyName"),
      };
    case "type":
      return wrongType(error, place, path, notes);
    case "anyOf":
      return wrongType(error, place, path, notes, wordsOf(error));
    case "enum": {
      const allowed = (Array.isArray(error.schema) ? error.schema : []).map(String);
      const detail = didYouMean(String(error.data), allowed, `Allowed: ${listWords(allowed, 40)}.`);
      return { code: "not-allowed", summary: `${place}: ${shown} is not allowed`, detail };
    }
    case "const":
      return {
        code: "not-allowed",
        summary: `${place}: ${shown} is not allowed`,
        detail: `Allowed: ${show(error.schema)}.`,
      };
    case "pattern":
      return badPattern(error, place, shown, hint);
    case "format":
      return badForm(`${place}: ${shown} is not valid`, hint);
    case "minLength":
      return { code: "out-of-range", summary: `${place}: must not be empty`, detail: hint };
    default:
      return { code: "out-of-range", summary: `${place}: ${error.message ?? "not accepted"}`, detail: hint };
  }
}

function unknownKey(key: string, place: string, error: ErrorObject): Finding {
  const known = Object.keys(properties(error));
  const merge = "Merge keys are not part of the recipe language; use `include:` or `for-each:`.";
  const detail =
    key === "<<" ? merge : didYouMean(key, known, known.length > 0 ? `Known keys: ${listWords(known, 40)}.` : "");
  return { code: "unknown-key", summary: `unknown key "${key}" in ${place}`, detail, key };
}

function wrongType(error: ErrorObject, place: string, path: Path, notes: ValueNotes, words = wordsOf(error)): Finding {
  const { data } = error;
  if (error.parentSchema?.["pattern"] === MODE_PATTERN && typeof data === "number") {
    const raw = notes.raw(path) ?? String(data);
    const digits = raw.replace(/^0o/, "0");
    const detail = `Write "${digits}", with the quotes: without them YAML reads a number, and whether that is octal differs from tool to tool.`;
    return { code: "mode-not-quoted", summary: `${place}: permission bits must be a quoted octal string`, detail };
  }
  if (words.includes("true or false") && typeof data === "string" && /^(yes|no|on|off)$/i.test(data)) {
    const summary = `${place}: expected true or false, found text`;
    return { code: "wrong-type", summary, detail: "In YAML 1.2 these are text; the words are true and false." };
  }
  const isScalar = typeof data === "number" || typeof data === "boolean";
  const quote = isScalar && words.includes("text") ? `Write it in quotes: "${notes.raw(path) ?? String(data)}".` : "";
  const summary = `${place}: expected ${words.join(" or ")}, found ${typeWord(data)}`;
  return { code: "wrong-type", summary, detail: quote || sentence(error.parentSchema?.["description"]) };
}

const WORDS: Readonly<Record<string, string>> = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  null: "nothing",
};

/** The types that a failed `type` or `anyOf` would have taken. */
function wordsOf(error: ErrorObject): readonly string[] {
  const schema: unknown = error.schema;
  const branches: readonly unknown[] = error.keyword === "anyOf" && Array.isArray(schema) ? schema : [{ type: schema }];
  const types = branches.flatMap((branch) => {
    const type: unknown = typeof branch === "object" && branch !== null && "type" in branch ? branch.type : undefined;
    return Array.isArray(type) ? type.map(String) : [String(type)];
  });
  return [...new Set(types.map((type) => WORDS[type] ?? type))];
}

function badPattern(error: ErrorObject, place: string, shown: string, hint: string): Finding {
  if (error.schema === "^/")
    return badForm(`${place}: ${shown} is not an absolute path`, "Paths in the guest start with a slash.");
  if (error.schema === MODE_PATTERN) {
    return badForm(`${place}: ${shown} is no octal number of three or four digits`, 'For example "0644" or "1777".');
  }
  return badForm(`${place}: ${shown} does not have the required form`, hint || `It must match ${String(error.schema)}`);
}

function badForm(summary: string, detail: string): Finding {
  return { code: "bad-form", summary, detail };
}

function describeKey(error: ErrorObject, key: string): string {
  const property: unknown = properties(error)[key];
  const description: unknown =
    typeof property === "object" && property !== null && "description" in property ? property.description : undefined;
  return typeof description === "string" ? `${key}: ${description}` : "";
}

function properties(error: ErrorObject): Readonly<Record<string, unknown>> {
  const group: unknown = error.parentSchema?.["properties"];
  // A schema's `properties` is an object by definition.
  return typeof group === "object" && group !== null ? (group as Record<string, unknown>) : {};
}

function sentence(description: unknown): string {
  return typeof description === "string" ? description : "";
}

function show(data: unknown): string {
  const text = JSON.stringify(data) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function typeWord(data: unknown): string {
  if (data === null) return "nothing";
  if (Array.isArray(data)) return "a list";
  return WORDS[typeof data] ?? typeof data;
}
