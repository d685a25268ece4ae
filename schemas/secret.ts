/**
 * Secret: a value that must never be printed. It hides itself from string conversion, JSON and node's inspection; only
 * reveal() gives it out. Does not protect memory.
 */
const HIDDEN = "(secret)";

export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself: only for the argument of an action that {@link PlannedAction.secretArgs} names. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  /** What node:util's inspect (and so console.log) shows. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return HIDDEN;
  }
}

/** A value of a place where secrets are allowed (`writeOnly: true` in a step's schema). */
export type Text = string | Secret;

/** The plain value. Never for messages, summaries or logs. */
export function reveal(text: Text): string {
  return typeof text === "string" ? text : text.reveal();
}

/** Joins texts; the result is a Secret when a part is. */
export function joinText(...parts: readonly Text[]): Text {
  const joined = parts.map(reveal).join("");
  return parts.some((part) => part instanceof Secret) ? new Secret(joined) : joined;
}
