/** The JSON of a saved plan: written, and read without trust. Looks at nothing that it names. */
import { createHash } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";

import { savedPlanSchema, SAVED_PLAN_KIND, type SavedPlan } from "../../schemas/index.ts";
import { messageOf } from "../errors.ts";
import { RunError } from "../run-error.ts";

const HEAD = 256;
const START = new RegExp(`^\\{\\s*"kind": ?"${SAVED_PLAN_KIND}"`, "u");

/** Whether a file says that it is a saved plan; false for one that cannot be read. */
export async function isSavedPlan(path: string): Promise<boolean> {
  try {
    await using file = await open(path, "r");
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return START.test(buffer.toString("latin1", 0, bytesRead));
  } catch {
    return false;
  }
}

/** The file's text. */
export function encodePlan(plan: Omit<SavedPlan, "sha256">): string {
  return `${JSON.stringify({ ...plan, sha256: digestOf(plan) }, null, 2)}\n`;
}

/** @throws RunError plan-damaged when the file cannot be read; as decodePlan() */
export async function readSavedPlan(path: string): Promise<SavedPlan> {
  return await decodePlan(await readPlanFile(path), path);
}

/** @throws RunError plan-damaged */
export async function readPlanFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new RunError("plan-damaged", messageOf(error), { cause: error });
  }
}

/** @throws RunError plan-damaged for what is no plan of this form, or was changed since it was written */
export async function decodePlan(content: Buffer, path: string): Promise<SavedPlan> {
  const refuse = (reason: string): RunError => new RunError("plan-damaged", `${path}: ${reason}`);
  let value: unknown;
  try {
    value = JSON.parse(content.toString("utf8"));
  } catch {
    throw refuse("not a saved plan: no JSON");
  }
  const { Ajv2020 } = await import("ajv/dist/2020.js");
  const ajv = new Ajv2020({ strict: true, validateSchema: false, ownProperties: true });
  const validate = ajv.compile<SavedPlan>(savedPlanSchema);
  if (!validate(value)) throw refuse(`not a saved plan of this version: ${ajv.errorsText(validate.errors)}`);
  const { sha256, ...rest } = value;
  if (digestOf(rest) !== sha256) throw refuse("the plan was changed after it was written");
  return value;
}

/** The file of the n-th disk's overlay, in the folder of the plan: `web.plan.disk0.overlay`. */
export function overlayFile(path: string, index: number): string {
  return `${basename(path)}.disk${index}.overlay`;
}

/**
 * Where a path of a plan may be now: seen from where the plan is, as it was seen from where it was written; else the very
 * path.
 */
export function placesOf(path: string, plan: SavedPlan, planPath: string): readonly string[] {
  const moved = resolve(dirname(planPath), relative(plan.folder, path));
  return moved === path ? [path] : [moved, path];
}

/** The overlay of the n-th image; undefined when there is nothing to change. */
export function overlayPath(plan: SavedPlan, planPath: string, index: number): string | undefined {
  const file = plan.images[index]?.overlay?.file;
  return file === undefined ? undefined : join(dirname(resolve(planPath)), file);
}

function digestOf(plan: Omit<SavedPlan, "sha256">): string {
  return createHash("sha256").update(JSON.stringify(plan)).digest("hex");
}
