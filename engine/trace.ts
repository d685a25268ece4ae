/** Arguments of executed actions as they may be shown and kept: without secrets, long values by size and digest. Pure. */
import type { Json, PlannedAction } from "../schemas/index.ts";
import { sha256 } from "./diff/contents.ts";
import type { Redactor } from "./diff/redact.ts";
import { asText } from "./diff/text.ts";

const HIDDEN = "(secret)";
/** Longer values are told by size and digest. */
const SHOWN_MAX = 1024;

export function shownArgs(planned: PlannedAction, redactor: Redactor): Record<string, Json> {
  const secret = new Set(planned.secretArgs);
  return Object.fromEntries(
    Object.entries(planned.args)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, secret.has(name) ? HIDDEN : shown(value, redactor)]),
  );
}

/** Secret arguments are remembered: their values, and the file whose content they give. */
export function noteSecrets(planned: PlannedAction, redactor: Redactor): void {
  for (const name of planned.secretArgs ?? []) {
    const value = planned.args[name];
    if (typeof value === "string" || value instanceof Uint8Array) redactor.addValue(value);
    const path = planned.args["path"] ?? planned.args["remotefilename"];
    if (typeof path === "string") redactor.addPath(path);
  }
}

function shown(value: unknown, redactor: Redactor): Json {
  if (typeof value === "string") return shortText(value, redactor);
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => shown(item, redactor));
  if (value instanceof Uint8Array) return shownBytes(value, redactor);
  return "(stream)";
}

function shownBytes(bytes: Uint8Array, redactor: Redactor): Json {
  const text = bytes.length <= SHOWN_MAX ? asText(bytes) : undefined;
  if (text !== undefined) return shortText(text, redactor);
  const whole = asText(bytes);
  // The digest of a text that holds a secret would let it be guessed.
  if (whole !== undefined && redactor.hide(whole) !== whole) return { bytes: bytes.length };
  return { bytes: bytes.length, sha256: sha256(bytes) };
}

function shortText(text: string, redactor: Redactor): Json {
  if (redactor.isSecretText(text)) return HIDDEN;
  const hidden = redactor.hide(text);
  return hidden.length <= SHOWN_MAX ? hidden : `${hidden.slice(0, SHOWN_MAX)}...`;
}
