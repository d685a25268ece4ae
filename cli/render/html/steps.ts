/** The steps of a plan as HTML: what each ran, folded. */
import type { ActionTrace, StepTrace } from "../../../schemas/index.ts";
import { actionsText } from "../plan.ts";
import { argumentWords } from "../words.ts";
import { markup, type Markup } from "./markup.ts";

const TRAITS = [
  ["runsGuestPrograms", "runs programs of the guest"],
  ["network", "needs the network"],
] as const;

export function stepList(steps: readonly StepTrace[]): Markup {
  return markup`<div class="list">${steps.map(stepItem)}</div>`;
}

function stepItem(step: StepTrace): Markup {
  const { number, summary, source, actions, notices = [], traits, durationMs } = step;
  const marks = TRAITS.flatMap(([name, words]) =>
    traits?.[name] === true ? [markup`<span class="mark">${words}</span>`] : [],
  );
  const head = markup`<span class="number">${number}</span><span class="name">${summary}</span><span class="marks">${marks}</span><span class="details">${stateOf(step)}</span><span class="place">line ${source.line}</span>`;
  if (actions.length === 0 && notices.length === 0) return markup`<div class="item row step quiet">${head}</div>\n`;
  const said = notices.map(({ kind, reason }) => markup`<p class="note">${kind}: ${reason}</p>`);
  return markup`<details class="item step"><summary class="row">${head}</summary><div class="body"><p class="note"><code>${step.name}</code>, ${source.file}:${source.line}:${source.column}, ${durationText(durationMs)}</p>${said}${
    actions.length === 0 ? "" : markup`<ol class="actions">${actions.map(actionItem)}</ol>`
  }</div></details>\n`;
}

function stateOf(step: StepTrace): string {
  const [notice] = step.notices ?? [];
  if (notice !== undefined) return notice.kind;
  return step.actions.length === 0 ? "already so" : actionsText(step);
}

function actionItem({ action, args, durationMs }: ActionTrace): Markup {
  const rows = Object.entries(args).map(
    ([name, value]) => markup`<div><dt>${name}</dt><dd>${argumentWords(name, value)}</dd></div>`,
  );
  return markup`<li><p><code>${action}</code><span class="place">${durationText(durationMs)}</span></p><dl>${rows}</dl></li>\n`;
}

function durationText(durationMs: number): string {
  return durationMs < 1000 ? `${Math.round(durationMs)} ms` : `${(durationMs / 1000).toFixed(1)} s`;
}
