/**
 * What inspect_os found, kept until the next one: mounting and unmounting do not change it, and it holds nothing of the
 * guest's open.
 */
import type { Context, Kept } from "../context.ts";
import { ActionError } from "../errors.ts";
import type { Root } from "./system.ts";

const KEY = "inspection";

class Inspection implements Kept {
  readonly ofGuest = false;
  readonly roots: readonly Root[];

  constructor(roots: readonly Root[]) {
    this.roots = roots;
  }

  close(): void {}
}

export function keepRoots({ kept }: Pick<Context, "kept">, roots: readonly Root[]): void {
  kept.set(KEY, new Inspection(roots));
}

/** Empty before inspect_os. */
export function keptRoots({ kept }: Pick<Context, "kept">): readonly Root[] {
  const inspection = kept.get(KEY);
  return inspection instanceof Inspection ? inspection.roots : [];
}

/** @throws ActionError when the mountable is no root that inspect_os found */
export function keptRoot(mountable: string, { kept, devices }: Pick<Context, "kept" | "devices">): Root {
  if (!kept.has(KEY)) throw new ActionError("call inspect_os first: nothing has been inspected");
  const root = keptRoots({ kept }).find((candidate) => candidate.root === mountable);
  if (root === undefined) throw new ActionError(`${devices.toApi(mountable)}: not a root that inspect_os found`);
  return root;
}
