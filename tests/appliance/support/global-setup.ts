/** Runs once before the appliance tests: the set-up must have been done, and the shared image is made. */
import { existsSync } from "node:fs";

import { makeGoldenImage } from "./golden-image.ts";
import { gildProgram } from "./program.ts";

export async function setup(): Promise<void> {
  if (!existsSync(gildProgram)) throw new Error(`${gildProgram}: not there (npm run setup)`);
  await makeGoldenImage();
}
