/**
 * The image that the appliance tests share: examples/debian-golden, built once with gild itself and kept while neither gild
 * nor the example changes. Tests work on copies and overlays of it.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";

import { gildProgram, mustGild, mustRun, projectFolder, sha256File, workFolder } from "./program.ts";

export const goldenImage = join(workFolder, "golden.qcow2");
export const goldenHost = "golden";
/** The plan document of the build. */
export const goldenPlan = join(workFolder, "golden.json");

const recipe = join(projectFolder, "examples", "debian-golden", "recipe.yaml");

/** Builds the image if it is missing or made by another gild, recipe, or root. */
export async function makeGoldenImage(): Promise<void> {
  const rootfs = (await mustRun("npx", ["--no-install", "tsx", "examples/debian-root/build.ts", "--path"])).trim();
  if (!existsSync(rootfs)) throw new Error(`${rootfs}: not there (npm run setup)`);
  const parts = [await sha256File(gildProgram), await sha256File(recipe), rootfs, readFileSync(keyFile(), "utf8")];
  const key = createHash("sha256").update(parts.join("\n")).digest("hex");
  const keyNote = join(workFolder, "golden.key");
  if (existsSync(goldenImage) && existsSync(keyNote) && readFileSync(keyNote, "utf8") === key) return;

  mkdirSync(workFolder, { recursive: true });
  await rm(keyNote, { force: true });
  const plan = await mustGild([
    "apply",
    recipe,
    "-o",
    goldenImage,
    "--force",
    "--json",
    "-q",
    "--var",
    `rootfs=${rootfs}`,
  ]);
  writeFileSync(goldenPlan, plan);
  writeFileSync(keyNote, key);
}

/** The appliance is named by this key: another daemon makes another image. */
function keyFile(): string {
  return join(projectFolder, "dist", "appliance", "key.json");
}
