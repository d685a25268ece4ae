/**
 * The image that the appliance tests share: examples/debian-golden, built once with gild itself and kept while the example does
 * not change: a clean clone builds it with the gild under test, `rm -r .cache/tests` does so again. Tests work on copies and
 * overlays of it.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { mustGild, mustRun, projectFolder, sha256File, workFolder } from "./program.ts";

export const goldenImage = join(workFolder, "golden.qcow2");
export const goldenHost = "golden";
/** The plan document of the build. */
export const goldenPlan = join(workFolder, "golden.json");

/** Raised where another diff is made of the same build: a test compares the kept plan. */
const PLAN_VERSION = 2;

const recipe = join(projectFolder, "examples", "debian-golden", "recipe.yaml");

/** Builds the image if it is missing or made of another recipe or root. */
export async function makeGoldenImage(): Promise<void> {
  const rootfs = (await mustRun("npx", ["--no-install", "tsx", "examples/debian-root/build.ts", "--path"])).trim();
  if (!existsSync(rootfs)) throw new Error(`${rootfs}: not there (npm run setup)`);
  // The root's folder is named by what is in it.
  const key = `${await sha256File(recipe)} ${basename(dirname(rootfs))} ${PLAN_VERSION}`;
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
