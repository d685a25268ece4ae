/** Runs the programs of e2fsprogs, whose banner ("mke2fs 1.47.0 (5-Feb-2023)") and habit of complaining on stdout need care. */
import { textFromBytes } from "../schemas/index.ts";
import type { CommandResult, Commands } from "./context.ts";
import { ActionError } from "./errors.ts";

const BANNER = /^\w+ \d+\.\d+[\d.]* \(.*\)$/;

/**
 * Runs a program that must succeed.
 *
 * @param fine exit statuses that are success
 * @returns its stdout
 * @throws ActionError with what it said
 */
export function e2(command: Commands, argv: readonly string[], fine: readonly number[] = [0]): string {
  const result = command.run(argv);
  if (!fine.includes(result.status)) throw new ActionError(complaint(argv, result));
  return textFromBytes(result.stdout);
}

function complaint(argv: readonly string[], { status, stdout, stderr }: CommandResult): string {
  const said = withoutBanner(`${stderr}\n${textFromBytes(stdout)}`);
  return said === "" ? `${argv[0] ?? ""} exited with status ${status}` : said;
}

/** Lines without the program's banner and without empty ones. */
export function withoutBanner(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "" && !BANNER.test(line))
    .join("\n");
}
