/** A plan as text: the steps with what they run, then the diff, then one line that sums up. */
import type { PlanDocument } from "../../schemas/index.ts";
import { diffText } from "./diff.ts";
import { printable, type Style } from "./style.ts";
import { capital, diffSummary } from "./words.ts";

type PlannedStep = PlanDocument["steps"][number];

/** Ends with a line feed. */
export function planText(plan: PlanDocument, style: Style): string {
  const steps = plan.steps.map((step) => stepText(step, style));
  const changes = diffText(plan.diff, style);
  const body = changes === "" ? "" : `\n${style.strong("Changes")}\n${changes}`;
  return `${style.strong("Steps")}\n${steps.join("")}${body}\n${style.strong(capital(diffSummary(plan.diff)))}.\n`;
}

function stepText(step: PlannedStep, style: Style): string {
  const place = `line ${step.source.line}`;
  const head = `${String(step.number).padStart(3)}. ${printable(step.summary)}  ${style.faint(place)}`;
  const notices = (step.notices ?? []).map(
    ({ kind, reason }) => `     ${style.changed(`${kind}: ${printable(reason)}`)}\n`,
  );
  if (notices.length > 0) return `${head}\n${notices.join("")}`;
  if (step.actions.length === 0) return `${head}\n     ${style.faint("already so")}\n`;
  return `${head}\n     ${style.faint(actionsText(step))}\n`;
}

/** `mkdir_p, upload, chmod x 3` */
export function actionsText(step: Pick<PlannedStep, "actions">): string {
  const counts = new Map<string, number>();
  for (const { action } of step.actions) counts.set(action, (counts.get(action) ?? 0) + 1);
  return [...counts].map(([action, times]) => (times === 1 ? action : `${action} x ${times}`)).join(", ");
}
