/** An offline plan as text: the steps with their actions, each with what it is called with. */
import type { Json, OfflinePlan, OfflineStep } from "../../schemas/index.ts";
import { counted, oneLine, printable, type Style } from "./style.ts";
import { argumentWords } from "./words.ts";

/** Of one argument. */
const SHOWN = 60;

/** Ends with a line feed. */
export function offlineText({ steps }: OfflinePlan, style: Style): string {
  const total = steps.reduce((sum, { actions }) => sum + actions.length, 0);
  const note =
    "Without a guest: unconditional. On an image, what is already so falls away, and edited texts are its own.";
  const end = `${counted(steps.length, "step")}, ${counted(total, "action")}.`;
  return [
    `${style.strong("Steps")}\n`,
    ...steps.map((step) => stepText(step, style)),
    `\n${style.strong(end)}\n${note}\n`,
  ].join("");
}

function stepText(step: OfflineStep, style: Style): string {
  const head = `${String(step.number).padStart(3)}. ${printable(step.summary)}  ${style.faint(`line ${step.source.line}`)}\n`;
  const said = (text: string): string => `     ${style.faint(text)}\n`;
  if (step.guestNeeded !== undefined) return head + said(printable(step.guestNeeded));
  if (step.actions.length === 0) return head + said("skipped");
  return head + step.actions.map(({ action, args }) => said(`${action}${argumentsText(args)}`)).join("");
}

function argumentsText(args: Readonly<Record<string, Json>>): string {
  const shown = Object.entries(args).map(([name, value]) => short(argumentWords(name, value)));
  return shown.length === 0 ? "" : ` ${shown.join(" ")}`;
}

/** On one line. */
function short(text: string): string {
  const flat = oneLine(text);
  return flat.length <= SHOWN ? flat : `${flat.slice(0, SHOWN - 3)}...`;
}
