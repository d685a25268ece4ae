/** A shell session: takes lines, calls actions, prints results. Knows neither images nor terminals. */
import type { GuestfsApi } from "../../engine/index.ts";
import { didYouMean } from "../../recipes/index.ts";
import { actions, isStream, type AnyAction } from "../../schemas/index.ts";
import { argumentsFromWords, usage } from "./arguments.ts";
import { libraryCommands } from "./library-commands.ts";
import { expandWords } from "./glob.ts";
import { jsonResult, resultText } from "./result-text.ts";
import { UsageError } from "./usage-error.ts";
import { splitWords } from "./words.ts";

export interface SessionOptions {
  readonly g: GuestfsApi;
  readonly json: boolean;
  readonly out: (text: string) => void;
}

const table: Readonly<Record<string, AnyAction>> = actions;

/** Every command's name, kebab-case as guestfish shows them, sorted: for completion and help. */
export function commandNames(): string[] {
  return [...Object.keys(table), ...Object.keys(libraryCommands), "glob", "help"]
    .map((name) => name.replaceAll("_", "-"))
    .toSorted();
}

/**
 * Runs one line: an action or library function by its name, `_` and `-` alike; `glob` before it expands its words. Blank lines and comments do nothing.
 *
 * @returns false for `exit` and `quit`
 * @throws UsageError, WordError; GuestfsError and the others of the client
 */
export async function runLine(line: string, options: SessionOptions): Promise<boolean> {
  return runWords(splitWords(line), options);
}

/** As {@link runLine}, for words that are split already. */
export async function runWords(words: readonly string[], { g, json, out }: SessionOptions): Promise<boolean> {
  const [first, ...rest] = words;
  if (first === undefined || first === "run" || first === "launch") return true; // launched already; guestfish scripts say it
  if (first === "exit" || first === "quit") return false;
  const name = first.replaceAll("-", "_");
  if (name === "help") {
    out(helpText(rest[0]));
    return true;
  }
  if (name === "glob") {
    if (rest.length === 0) throw new UsageError("usage: glob command words...");
    for (const expanded of await expandWords(rest, g)) await runWords(expanded, { g, json, out });
    return true;
  }
  const result = await call(name, rest, g);
  out(json ? `${jsonResult(result)}\n` : resultText(result));
  return true;
}

async function call(name: string, words: readonly string[], g: GuestfsApi): Promise<unknown> {
  const command = libraryCommands[name];
  if (command !== undefined) {
    if (!command.fits(words)) throw new UsageError(`usage: ${[name, ...command.usage].join(" ")}`);
    return command.run(g, words);
  }
  const action = table[name];
  if (action === undefined) throw noCommand(name);
  const args = argumentsFromWords(name, action, words);
  // The client has a method for every action of the table; its type says so per name, not for a name in a variable.
  const method: unknown = Reflect.get(g, name);
  if (typeof method !== "function") throw new UsageError(`${name}: no such command`);
  return (method as (args: unknown) => Promise<unknown>).call(g, args);
}

function noCommand(name: string): UsageError {
  const hint = didYouMean(name.replaceAll("_", "-"), commandNames());
  return new UsageError(`${name}: no such command${hint === "" ? "" : `. ${hint}`}`);
}

function helpText(topic: string | undefined): string {
  if (topic === undefined) return `${commandNames().join("\n")}\n`;
  const name = topic.replaceAll("-", "_");
  if (name === "glob") return "glob command words...\n  run a command on every path or device that the words match\n";
  const command = libraryCommands[name];
  if (command !== undefined) return `${[name, ...command.usage].join(" ")}\n  ${command.summary}\n`;
  const action = table[name];
  if (action === undefined) throw noCommand(topic);
  const fields = [...Object.entries(action.args), ...Object.entries(action.optargs)];
  const lines = fields.map(([arg, field]) => `  ${arg} (${isStream(field) ? "file" : field.kind}): ${field.doc}`);
  return [usage(name, action).replace("usage: ", ""), `  ${action.summary}. ${action.description}`, ...lines, ""].join(
    "\n",
  );
}
