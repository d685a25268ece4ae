/** `gild recover`: finishes changes that were interrupted while they were written into their images. */
import type { Command } from "commander";

import { findInterrupted, recoverNow, type Recovery } from "../../engine/index.ts";
import type { Io } from "../io.ts";
import { recoveryText } from "../render/recovery.ts";

interface RecoverOptions {
  readonly giveUp?: boolean;
  readonly json?: boolean;
}

export function addRecover(program: Command, io: Io): void {
  program
    .command("recover")
    .argument("[image...]", "images; default: those in this folder, and block devices")
    .description("finish changes that were interrupted while they were written (other commands do so by themselves)")
    .option("--give-up", "throw the change away instead; only possible before an image was written")
    .option("--json", "print what was done as JSON")
    .action(async (given: readonly string[], options: RecoverOptions) => {
      const images = given.length > 0 ? given : await findInterrupted(".", io.env);
      const done: Recovery[] = [];
      for (const image of images) {
        const recovery = await recoverNow(image, { env: io.env, giveUp: options.giveUp });
        if (recovery !== undefined) done.push(recovery);
        else if (given.length === 0 && !done.some(({ images: all }) => all.includes(image))) {
          io.err(`${image}: a change of it was interrupted, but it is not here\n`);
        }
      }
      if (options.json === true) io.out(`${JSON.stringify({ recovered: done })}\n`);
      else if (done.length === 0) io.out("Nothing to recover.\n");
      else for (const recovery of done) io.out(`${recoveryText(recovery)}\n`);
    });
}
