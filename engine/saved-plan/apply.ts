/**
 * Writes what a saved plan holds into its images: the very overlays that were reviewed, and nothing else. Starts no
 * appliance. Refuses when anything it was made from has changed.
 */
import type { SavedPlan } from "../../schemas/index.ts";
import { isInterrupted, type Recovery } from "../recover.ts";
import { digestOverlay } from "../replay.ts";
import { RunError } from "../run-error.ts";
import type { Environment } from "../settings.ts";
import { openWork, type GivenImage, type RunEnd, type Work } from "../work.ts";
import { decodePlan, overlayPath, placesOf, readPlanFile } from "./document.ts";
import { verifyPlan } from "./signature.ts";
import { firstExisting, imageHolds, inputsHold } from "./stale.ts";

export interface ApplyPlanOptions {
  /** The JSON file. */
  readonly path: string;
  /** Version of this gild. */
  readonly gild: string;
  /** Where the images are now; default: where the plan says. */
  readonly images: readonly string[];
  readonly end: Extract<RunEnd, { readonly kind: "commit" | "output" }>;
  /** File of allowed signers: the plan must be signed by one of them. */
  readonly signers?: string | undefined;
  readonly env: Environment;
  readonly signal?: AbortSignal | undefined;
  readonly onRecovered?: (recovery: Recovery) => void;
}

export interface AppliedPlan {
  readonly plan: SavedPlan;
  /** There was nothing to change. */
  readonly converged: boolean;
  readonly written: readonly string[];
  /** Who signed it, where that was asked for. */
  readonly signer?: string;
  /** Lower case, no final stop. */
  readonly notes: readonly string[];
}

/** @throws RunError plan-damaged, plan-stale, plan-signature and those of a commit; ImageError */
export async function applySavedPlan(options: ApplyPlanOptions): Promise<AppliedPlan> {
  const { path, signers, env, end, signal } = options;
  const content = await readPlanFile(path);
  const signer = signers === undefined ? {} : { signer: await verifyPlan(path, content, signers, env) };
  const plan = await decodePlan(content, path);
  if (plan.gild !== options.gild) {
    throw new RunError("plan-stale", `${path}: made by gild ${plan.gild}, this is ${options.gild}; plan again`);
  }
  const { reasons, notes } = await inputsHold(plan, path);
  const images = await whereImagesAre(plan, options);
  const converged = plan.images.every(({ overlay }) => overlay === undefined);
  const onRecovered = options.onRecovered === undefined ? {} : { onRecovered: options.onRecovered };
  const work = await openWork({ images, end, env, signal, ...onRecovered });
  try {
    const changed = [...reasons];
    for (const [index, saved] of plan.images.entries()) {
      const now = work.images[index]?.path ?? saved.path;
      if (!(await imageHolds(saved, now, signal))) changed.push(`${now}: the image changed`);
    }
    if (changed.length > 0) throw stale(path, changed);
    if (!converged) await checkOverlays(plan, work, path);
    const written = await work.finish(!converged, plan.plan);
    return { plan, converged, written, notes, ...signer };
  } finally {
    await work.dispose();
  }
}

async function whereImagesAre(plan: SavedPlan, { path, images, env }: ApplyPlanOptions): Promise<GivenImage[]> {
  if (images.length > 0 && images.length !== plan.images.length) {
    const text = `${path}: images of the plan: ${plan.images.length}, images given: ${images.length}`;
    throw new RunError("image-missing", text);
  }
  const result: GivenImage[] = [];
  for (const [index, { path: planned, format }] of plan.images.entries()) {
    const now = images[index] ?? (await firstImage(placesOf(planned, plan, path), env)) ?? planned;
    const overlay = overlayPath(plan, path, index);
    result.push({ path: now, format, ...(overlay === undefined ? {} : { overlay }) });
  }
  return result;
}

/** The first place with an image, or with one whose commit was interrupted: it has no name then, and is the one all the same. */
async function firstImage(places: readonly string[], env: Environment): Promise<string | undefined> {
  for (const place of places) {
    const isThere = (await firstExisting([place])) !== undefined;
    if (isThere || (await isInterrupted(place, env).catch(() => false))) return place;
  }
  return undefined;
}

/** The copies that will be written are looked at, not the files of the plan, which anyone may change meanwhile. */
async function checkOverlays(plan: SavedPlan, work: Work, path: string): Promise<void> {
  for (const [index, { overlay }] of plan.images.entries()) {
    const copy = work.overlays[index];
    if (overlay === undefined || copy === undefined) continue;
    if ((await digestOverlay(copy)) === overlay.sha256) continue;
    throw new RunError("plan-damaged", `${path}: ${overlay.file} was changed after the plan was written`);
  }
}

function stale(path: string, changed: readonly string[]): RunError {
  const text = `${path}: not applied, for the plan does not hold any more; plan again`;
  return new RunError("plan-stale", [text, ...changed.map((reason) => `  ${reason}`)].join("\n"));
}
