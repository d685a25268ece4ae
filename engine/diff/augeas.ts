/** What edits through Augeas meant: the trees of a file's text before and after, compared. Parsed in the appliance, never here. */
import type { FileChange, TreeChange } from "../../schemas/index.ts";
import { GuestfsError } from "../errors.ts";
import type { Redactor } from "./redact.ts";
import type { Side } from "./side.ts";

/** More changes than this are no edit that a person would read; the text tells them. */
const CHANGES_MAX = 200;

/** Path of a node below the file's own, and its value; in Augeas's order. */
export type AugeasTree = readonly (readonly [path: string, value: string])[];

export interface AugeasInput {
  /** Sides that can parse, undefined where neither can. Two appliances do it at the same time; which does which makes no difference. */
  readonly parsers: { readonly before: Side["augeasTree"]; readonly after: Side["augeasTree"] };
  /** Path of a file -> the lens that it was edited with. */
  readonly lenses: ReadonlyMap<string, string>;
  readonly before: ReadonlyMap<string, Uint8Array>;
  readonly after: ReadonlyMap<string, Uint8Array>;
  readonly redactor: Redactor;
}

/** The changes with `tree` where a file was edited through Augeas, its text is shown, and the lens understands it. */
export async function addAugeasTrees(changes: readonly FileChange[], input: AugeasInput): Promise<FileChange[]> {
  const all: FileChange[] = [];
  for (const change of changes) {
    const lens = change.text === undefined ? undefined : input.lenses.get(change.path);
    const tree = lens === undefined ? undefined : await treeOf(change, lens, input);
    all.push(tree === undefined ? change : { ...change, tree });
  }
  return all;
}

/** What is gone first, then in the order of the tree after. */
export function compareTrees(before: AugeasTree, after: AugeasTree): TreeChange[] {
  const [was, now] = [new Map(before), new Map(after)];
  const gone = before.flatMap(([path, value]): TreeChange[] => (now.has(path) ? [] : [{ path, before: value }]));
  const rest = after.flatMap(([path, value]): TreeChange[] => {
    const old = was.get(path);
    if (old === value) return [];
    return [{ path, ...(old === undefined ? {} : { before: old }), after: value }];
  });
  return [...gone, ...rest];
}

async function treeOf(change: FileChange, lens: string, input: AugeasInput): Promise<TreeChange[] | undefined> {
  const { parsers, redactor } = input;
  if (parsers.before === undefined || parsers.after === undefined) return undefined;
  const nothing = new Uint8Array();
  try {
    const [before, after] = await Promise.all([
      parsers.before(lens, input.before.get(change.from ?? change.path) ?? nothing),
      parsers.after(lens, input.after.get(change.path) ?? nothing),
    ]);
    const changes = compareTrees(before, after);
    if (changes.length === 0 || changes.length > CHANGES_MAX) return undefined;
    return changes.map((one) => hidden(one, redactor));
  } catch (error) {
    // The text is told all the same.
    if (error instanceof GuestfsError) return undefined;
    throw error;
  }
}

function hidden({ path, before, after }: TreeChange, redactor: Redactor): TreeChange {
  return {
    path: redactor.hide(path),
    ...(before === undefined ? {} : { before: redactor.hide(before) }),
    ...(after === undefined ? {} : { after: redactor.hide(after) }),
  };
}
