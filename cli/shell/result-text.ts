/** An action's result as text for a person, in guestfish's manner: lists a line each, structs as `name: value`. */
import { textFromBytes } from "../../schemas/index.ts";

/** Empty for actions without a result; else ends with one line feed of ours or its own (bytes are printed as they are). */
export function resultText(result: unknown): string {
  if (result === undefined) return "";
  if (result instanceof Uint8Array) return textFromBytes(result);
  if (!Array.isArray(result)) return valueText(result, "").replace(/\n?$/, "\n");
  return result.map((item, index) => `${itemText(item, index)}\n`).join("");
}

/** For `--json`: 64-bit numbers as decimal strings, bytes as base64. */
export function jsonResult(result: unknown): string {
  return JSON.stringify(plain(result ?? null));
}

/** Not a replacer of JSON.stringify: a Buffer would have become an object before it is asked. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

function itemText(item: unknown, index: number): string {
  if (Array.isArray(item)) return `${String(item[0])}: ${String(item[1])}`;
  if (typeof item === "object" && item !== null) return `[${index}] = {\n${members(item, "  ")}\n}`;
  return String(item);
}

function valueText(value: unknown, indent: string): string {
  if (value instanceof Uint8Array) return textFromBytes(value);
  if (typeof value === "object" && value !== null) return members(value, indent);
  return String(value);
}

function members(value: object, indent: string): string {
  return Object.entries(value)
    .map(([name, member]) => `${indent}${name}: ${valueText(member, `${indent}  `)}`)
    .join("\n");
}
