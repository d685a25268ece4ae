/** A saved plan as text: what it was made from, then the plan. */
import type { SavedPlan } from "../../schemas/index.ts";
import { planText } from "./plan.ts";
import { byteSize, printable, type Style } from "./style.ts";
import { shortDigest } from "./words.ts";

const NAME_WIDTH = 9;

/** Ends with a line feed. */
export function savedPlanText(saved: SavedPlan, style: Style): string {
  const row = (name: string, text: string, details: readonly string[]): string =>
    `${style.strong(name.padEnd(NAME_WIDTH))}${printable(text)}  ${style.faint(printable(details.join(", ")))}\n`;
  const images = saved.images.map(({ path, format, sha256, overlay }) => {
    const changes = overlay === undefined ? "nothing to write" : `${byteSize(overlay.size)} in ${overlay.file}`;
    return row("Image", path, [format, shortDigest(sha256), changes]);
  });
  const inputs = saved.inputs.map(({ kind, path, sha256 }) =>
    row(kind === "recipe" ? "Recipe" : "Input", path, [shortDigest(sha256)]),
  );
  return [...images, ...inputs, row("gild", saved.gild, []), "\n", planText(saved.plan, style)].join("");
}
