/** What was done about an interrupted commit, as one line. */
import type { Recovery } from "../../engine/index.ts";
import { printable } from "./style.ts";

/** Without a line feed. */
export function recoveryText({ images, outcome }: Recovery): string {
  const names = printable(images.join(", "));
  if (outcome === "dropped") return `${names}: gave up an interrupted change; nothing of it was written`;
  return `${names}: finished a change that was interrupted`;
}
