/** `gild show`: prints a saved plan again. Looks at nothing but the plan. */
import type { Command } from "commander";

import { readSavedPlan } from "../../engine/index.ts";
import type { Io } from "../io.ts";
import { savedPlanText } from "../render/saved-plan.ts";
import { createStyle } from "../render/style.ts";

interface ShowOptions {
  readonly json?: boolean;
}

export function addShow(program: Command, io: Io): void {
  program
    .command("show")
    .argument("<plan>", "plan that `gild plan -o` has saved")
    .description("print a saved plan")
    .option("--json", "print it as JSON")
    .action(async (path: string, options: ShowOptions) => {
      const plan = await readSavedPlan(path);
      if (options.json === true) io.out(`${JSON.stringify(plan)}\n`);
      else io.out(savedPlanText(plan, createStyle(io.colour)));
    });
}
