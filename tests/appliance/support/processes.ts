/** Processes of this machine, as /proc tells: for tests that end them from outside. */
import { readFileSync } from "node:fs";

import { errnoOf } from "../../../engine/errors.ts";

/** Those below a process that run a program whose name begins so and that have not ended. */
function descendantsNamed(name: string, pid: number): number[] {
  const children = readOr(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
  return children.flatMap((child) => [
    ...(readOr(`/proc/${child}/comm`).startsWith(name) ? [child] : []),
    ...descendantsNamed(name, child),
  ]);
}

/** Kills those; one of them may end by itself meanwhile. @returns whether there was one */
export function killDescendantsNamed(name: string, pid: number): boolean {
  const all = descendantsNamed(name, pid);
  for (const found of all) {
    try {
      process.kill(found, "SIGKILL");
    } catch (error) {
      if (errnoOf(error) !== "ESRCH") throw error;
    }
  }
  return all.length > 0;
}

/** "" for a file of a process that has ended. */
function readOr(path: string): string {
  try {
    return readFileSync(path, "latin1").trim();
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes(errnoOf(error))) return "";
    throw error;
  }
}
