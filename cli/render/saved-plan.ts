/** A saved plan as text: what it was made from, then the plan. */
import type { SavedPlan } from "../../schemas/index.ts";
import { planText } from "./plan.ts";
import { byteSize, printable, type Style } from "./style.ts";

const NAME_WIDTH = 9;
const DIGEST_SHOWN = 12;

/** Ends with a line feed. */
export function savedPlanText(saved: SavedPlan, style: Style): string {
  const row = (name: string, text: string, details: readonly string[]): string =>
    `${style.strong(name.padEnd(NAME_WIDTH))}${printable(text)}  ${style.faint(printable(details.join(", ")))}\n`;
  const digest = (sha256: string): string => `sha256 ${sha256.slice(0, DIGEST_SHOWN)}`;
  const images = saved.images.map(({ path, format, sha256, overlay }) => {
    const changes = overlay === undefined ? "nothing to write" : `${byteSize(overlay.size)} in ${overlay.file}`;
    return row("Image", path, [format, digest(sha256), changes]);
  });
  const inputs = saved.inputs.map(({ kind, path, sha256 }) =>
    row(kind === "recipe" ? "Recipe" : "Input", path, [digest(sha256)]),
  );
  return [...images, ...inputs, row("gild", saved.gild, []), "\n", planText(saved.plan, style)].join("");
}
