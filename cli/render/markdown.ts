/**
 * A plan as Markdown for a comment on a pull request: short, details folded, never longer than {@link MARKDOWN_MAX}. What comes from
 * the guest cannot become markup, a link, an image or a mention.
 */
import { summarizeFiles } from "../../engine/index.ts";
import type { FileChange, PlanDocument, StepTrace } from "../../schemas/index.ts";
import { actionsText } from "./plan.ts";
import { count, counted, printable } from "./style.ts";
import {
  capital,
  contentNote,
  diffSummary,
  fieldsWords,
  fileDetails,
  fileName,
  groupChange,
  groupCounts,
  kindWords,
  packageChange,
  packageVersion,
  SIGN,
  treeWords,
  unreadWords,
} from "./words.ts";

/** Characters. A comment may have 65,536 on GitHub; the rest is for what is written around it. */
export const MARKDOWN_MAX = 60_000;
/** Kept for the line that says what was left out. */
const RESERVE = 300;
/** Of one file's hunks. */
const HUNKS_MAX = 6000;
/** Of a name, or of what is said of it. */
const WORDS_MAX = 400;

/** Ends with a line feed. */
export function planMarkdown(plan: PlanDocument): string {
  const changes = [...changeLines(plan), ...fileParts(plan)];
  const steps = fold(`Steps (${plan.steps.length})`, plan.steps.map(stepLine));
  const text = new Bounded(`### gild plan\n\n**${capital(diffSummary(plan.diff))}.** ${images(plan)}\n\n`);
  text.add(steps);
  const left = changes.filter((part) => !text.add(part)).length;
  if (left === 0) return text.end("");
  const things = counted(left, "more change");
  return text.end(`\n_${things} did not fit into this comment; \`gild show --html\` makes a page with all of them._\n`);
}

class Bounded {
  #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** @returns false when there is no room */
  add(part: string): boolean {
    if (this.#text.length + part.length > MARKDOWN_MAX - RESERVE) return false;
    this.#text += part;
    return true;
  }

  end(part: string): string {
    return this.#text + part;
  }
}

function images({ images: from, guest }: PlanDocument): string {
  const system = [guest.distro === "" ? guest.os : guest.distro, guest.version].filter((word) => word !== "").join(" ");
  const names = from.map(({ path }) => code(path));
  return [
    names.length === 0 ? "On a blank disk" : `On ${names.join(", ")}`,
    ...(system === "" ? [] : [words(system)]),
  ].join(", ");
}

function stepLine(step: StepTrace): string {
  const [notice] = step.notices ?? [];
  const done = step.actions.length === 0 ? "already so" : actionsText(step);
  const state = notice === undefined ? done : `${notice.kind}: ${notice.reason}`;
  return `${step.number}. ${words(step.summary)} (line ${step.source.line}): ${words(state)}\n`;
}

function changeLines({ diff }: PlanDocument): string[] {
  const blocks = diff.blocks.map((block) =>
    line(block.change, `${kindWords(block.kind)} ${block.name}`, fieldsWords(block)),
  );
  const packages = (diff.packages ?? []).map((one) =>
    line(packageChange(one), `package ${one.name}`, packageVersion(one)),
  );
  const unread = (diff.packagesUnread ?? []).map((one) =>
    line("changed", `package database ${one.path}`, unreadWords(one)),
  );
  return [...blocks, ...packages, ...unread];
}

function fileParts({ diff }: PlanDocument): string[] {
  return summarizeFiles(diff.files).map((group) => {
    if (group.kind === "file") return filePart(group.file);
    return line(groupChange(group), `${group.path}/`, groupCounts(group));
  });
}

function filePart(file: FileChange): string {
  const note = contentNote(file);
  const details = [fileDetails(file), ...(note === undefined ? [] : [note])].filter((words) => words !== "").join("; ");
  if (file.text === undefined || note !== undefined) return line(file.change, fileName(file), details);
  const tree = (file.tree ?? []).map((change) => `${code(treeWords(change))}\n\n`);
  return fold(`${code(`${SIGN[file.change]} ${fileName(file)}`)} ${words(details)}`, [...tree, fenced(file.text)]);
}

/** A paragraph of its own, since lines of HTML and lists do not mix. */
function line(change: FileChange["change"], name: string, details: string): string {
  return `${code(`${SIGN[change]} ${name}`)} ${words(details)}\n\n`;
}

/** The empty line after `<summary>` makes what follows Markdown again. */
function fold(title: string, body: readonly string[]): string {
  return `<details><summary>${title}</summary>\n\n${body.join("")}\n</details>\n\n`;
}

/** The fence is longer than any in the text, so that nothing of it ends it. */
function fenced(hunks: string): string {
  const shown = cut(printable(hunks));
  const longest = Math.max(2, ...[...shown.matchAll(/`+/gu)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}diff\n${shown}${fence}\n`;
}

/** Whole lines only. */
function cut(text: string): string {
  if (text.length <= HUNKS_MAX) return text;
  const end = text.lastIndexOf("\n", HUNKS_MAX) + 1;
  const lines = text.slice(end).split("\n").length - 1;
  return `${text.slice(0, end)}(${count(lines)} more lines)\n`;
}

/** GitHub looks for mentions and numbers of issues in what is rendered, but not in code. */
function words(text: string): string {
  return /[@#]/u.test(text) ? code(text) : plain(text);
}

function code(text: string): string {
  return `<code>${plain(text)}</code>`;
}

/** Everything but letters, digits, spaces, commas, slashes and hyphens as references, which Markdown takes as text and nothing else. */
function plain(text: string): string {
  const short = text.length <= WORDS_MAX ? text : `${text.slice(0, WORDS_MAX)}...`;
  const flat = printable(short).replaceAll(/\s+/gu, " ");
  return flat.replaceAll(/[^\p{L}\p{N} ,/-]/gu, (char) => `&#${char.codePointAt(0) ?? 0};`);
}
