/** What a saved plan was made from, compared with what is there now. Changes nothing. */
import { access } from "node:fs/promises";

import type { SavedImage, SavedPlan } from "../../schemas/index.ts";
import { contentDigest, inputDigest } from "../content-digest.ts";
import { identify } from "../file-identity.ts";
import { placesOf } from "./document.ts";

export interface Staleness {
  /** `PATH: what changed`; none when the plan still holds. */
  readonly reasons: readonly string[];
  /** What could not be compared because it is not here. */
  readonly notes: readonly string[];
}

/**
 * Whether an image is still the one of the plan: by its status, and where that differs (another machine, a copy) by its
 * content.
 */
export async function imageHolds(saved: SavedImage, path: string, signal?: AbortSignal): Promise<boolean> {
  const now = await identify(path);
  const { seen } = saved;
  const names = ["dev", "ino", "size", "mtimeNs", "ctimeNs"] as const;
  if (names.every((name) => String(now[name]) === seen[name])) return true;
  if (saved.kind === "file" && String(now.size) !== seen.size) return false;
  return (await contentDigest(path, signal)) === saved.sha256;
}

/** Compares recipe and inputs. A plan may be applied where its recipe is not; where it is, all of it must be unchanged. */
export async function inputsHold(plan: SavedPlan, planPath: string): Promise<Staleness> {
  const reasons: string[] = [];
  const found = await Promise.all(
    plan.inputs.map(async ({ path }) => await firstExisting(placesOf(path, plan, planPath))),
  );
  const [recipe] = plan.inputs;
  if (recipe !== undefined && found[0] === undefined) {
    return { reasons: [], notes: [`${recipe.path}: the recipe is not here and was not compared`] };
  }
  for (const [index, { kind, path, sha256 }] of plan.inputs.entries()) {
    const place = found[index];
    if (place === undefined) reasons.push(`${path}: the ${kind} is gone`);
    else if ((await inputDigest(place)) !== sha256) reasons.push(`${place}: the ${kind} changed`);
  }
  return { reasons, notes: [] };
}

/** The first of these paths where something is. */
export async function firstExisting(places: readonly string[]): Promise<string | undefined> {
  for (const place of places) {
    const isThere = await access(place).then(
      () => true,
      () => false,
    );
    if (isThere) return place;
  }
  return undefined;
}
