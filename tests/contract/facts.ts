/** The facts about libguestfs's interface that the action table is held against (tests/fixtures/facts/). */
import { readFileSync } from "node:fs";

export interface FactArg {
  readonly name: string;
  readonly type: string;
  readonly of?: string;
}

export interface FactResult {
  readonly type: string;
  readonly name?: string;
  readonly of?: string;
  readonly struct?: string;
  readonly key?: string;
  readonly value?: string;
}

export interface FactAction {
  readonly name: string;
  readonly proc_nr: number;
  readonly since: string;
  readonly ret: FactResult;
  readonly args: readonly FactArg[];
  readonly optargs: readonly FactArg[];
  readonly group: string | null;
  /** Versions of libguestfs: of "1.48.6" and "1.61.1". */
  readonly present_in: readonly string[];
}

export interface FactStruct {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: string }[];
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../fixtures/facts/${name}.json`, import.meta.url), "utf8"));
}

// The fixtures are committed files of exactly these shapes.
export const factActions: ReadonlyMap<string, FactAction> = new Map(
  (read("actions") as readonly FactAction[]).map((action) => [action.name, action]),
);
export const factStructs: ReadonlyMap<string, FactStruct> = new Map(
  (read("structs") as readonly FactStruct[]).map((struct) => [struct.name, struct]),
);
/** Every feature group and its actions. */
export const factGroups = read("optgroups") as Readonly<Record<string, readonly string[]>>;

export interface FactLibraryFunction {
  readonly name: string;
  readonly since: string | null;
  readonly deprecated: boolean;
}

/** Functions that libguestfs has in its library alone. */
export const factLibraryFunctions: ReadonlyMap<string, FactLibraryFunction> = new Map(
  (read("libonly") as readonly FactLibraryFunction[]).map((known) => [known.name, known]),
);
