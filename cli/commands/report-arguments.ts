/** What show and plan share: the forms that a plan can be given in beside text, and writing its page. */
import { open, rename, rm, stat, writeFile } from "node:fs/promises";

import type { Command } from "commander";

import { CommandError } from "../io.ts";
import { PAGE_START, planPage, type PageInput } from "../render/html/page.ts";

export interface ReportOptions {
  readonly json?: boolean;
  readonly html?: string;
  readonly markdown?: boolean;
}

/** Adds `--html` and `--markdown`. */
export function addReportOptions(command: Command): Command {
  return command
    .option("--html <file>", "write it as one HTML page that needs nothing else")
    .option("--markdown", "print it as Markdown for a comment on a pull request (at most 60,000 characters)");
}

/** @throws CommandError for forms that exclude each other */
export function checkReportOptions({ json, markdown }: ReportOptions): void {
  if (json === true && markdown === true) throw new CommandError("--markdown: not with --json");
}

/**
 * Writes the page, whole or not at all. An older page is replaced, and nothing else is: a slip of the keyboard must not cost an image.
 *
 * @throws CommandError for another file; the system error
 */
export async function writePage(path: string, input: PageInput): Promise<void> {
  await checkPagePath(path);
  const part = `${path}.part-${process.pid}`;
  try {
    await writeFile(part, planPage(input), { flag: "wx" });
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** @throws CommandError when something is there that is no page of gild */
export async function checkPagePath(path: string): Promise<void> {
  const start = await startOf(path);
  if (start === undefined || start === PAGE_START) return;
  throw new CommandError(`--html: ${path}: exists, and is no page that gild has written`);
}

/** The first characters of a file; undefined where there is none. */
async function startOf(path: string): Promise<string | undefined> {
  try {
    // Opening a pipe would wait for a writer.
    if (!(await stat(path)).isFile()) return "";
    await using file = await open(path, "r");
    const { buffer, bytesRead } = await file.read(Buffer.alloc(PAGE_START.length), 0, PAGE_START.length, 0);
    return buffer.toString("latin1", 0, bytesRead);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
