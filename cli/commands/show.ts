/** `gild show`: prints a saved plan again. Looks at nothing but the plan. */
import type { Command } from "commander";

import { readSavedPlan } from "../../engine/index.ts";
import type { Io } from "../io.ts";
import { planMarkdown } from "../render/markdown.ts";
import { savedPlanText } from "../render/saved-plan.ts";
import { createStyle } from "../render/style.ts";
import { addReportOptions, checkReportOptions, writePage, type ReportOptions } from "./report-arguments.ts";

export function addShow(program: Command, io: Io): void {
  addReportOptions(program.command("show").argument("<plan>", "plan that `gild plan -o` has saved"))
    .description("print a saved plan")
    .option("--json", "print it as JSON")
    .action(async (path: string, options: ReportOptions) => {
      checkReportOptions(options);
      const saved = await readSavedPlan(path);
      const { html, json, markdown } = options;
      if (html !== undefined) await writePage(html, { plan: saved.plan, gild: saved.gild, saved });
      if (json === true) io.out(`${JSON.stringify(saved)}\n`);
      else if (markdown === true) io.out(planMarkdown(saved.plan));
      else if (html === undefined) io.out(savedPlanText(saved, createStyle(io.colour)));
      else io.out(`Written: ${html}\n`);
    });
}
