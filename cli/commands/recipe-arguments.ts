/** What plan, apply and validate share: `--var`, loading a recipe, and ending with code 3 when it is invalid. */
import type { Command } from "commander";

import { loadRecipe, renderDiagnostics, type Recipe } from "../../recipes/index.ts";
import { CommandError, EXIT, type Io } from "../io.ts";

export interface VarOptions {
  readonly var?: readonly string[];
  readonly varsFile?: readonly string[];
}

/** Adds `--var` and `--vars-file`. */
export function addVarOptions(command: Command): Command {
  return command
    .option("--var <key=value>", "set a variable of the recipe (repeatable)", collect)
    .option("--vars-file <file>", "set variables from a YAML or JSON file (repeatable)", collect);
}

/**
 * Loads and validates.
 *
 * @throws CommandError INVALID_RECIPE with every mistake, as text or with `json` as JSON on standard output
 */
export async function requireRecipe(path: string, options: VarOptions, io: Io, json: boolean): Promise<Recipe> {
  const { recipe, diagnostics, texts } = await loadRecipe(path, {
    vars: varsFromOptions(options.var ?? []),
    varsFiles: options.varsFile ?? [],
    env: io.env,
    ...(io.prompt === undefined ? {} : { prompt: io.prompt }),
  });
  const invalid = recipe === undefined || diagnostics.some(({ severity }) => severity === "error");
  if (json && invalid) {
    io.out(`${JSON.stringify({ valid: false, diagnostics }, null, 2)}\n`);
    throw new CommandError("", EXIT.INVALID_RECIPE);
  }
  const text = renderDiagnostics(diagnostics, texts);
  if (invalid) throw new CommandError(text.trimEnd(), EXIT.INVALID_RECIPE);
  if (diagnostics.length > 0) io.err(text);
  return recipe;
}

function varsFromOptions(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf("=");
      if (equals < 1) throw new CommandError(`--var ${pair}: want key=value`);
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}

/** For options that repeat. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
