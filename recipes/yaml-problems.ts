/** The YAML parser's errors in words that help: which of them to show, their code, and a hint. Parses nothing. */
import type { YAMLError } from "yaml";

import type { DiagnosticCode, DiagnosticSource } from "../schemas/index.ts";
import type { Report } from "./report.ts";

const MAX_SYNTAX_ERRORS = 20;

const codeOf: Readonly<Partial<Record<YAMLError["code"], DiagnosticCode>>> = {
  DUPLICATE_KEY: "yaml-duplicate-key",
  NON_STRING_KEY: "yaml-key",
  TAG_RESOLVE_FAILED: "yaml-tag",
  BAD_COLLECTION_TYPE: "yaml-tag",
  MULTIPLE_TAGS: "yaml-tag",
  BAD_ALIAS: "yaml-alias",
  ALIAS_PROPS: "yaml-alias",
  MULTIPLE_ANCHORS: "yaml-alias",
  RESOURCE_EXHAUSTION: "yaml-depth",
};

const teaching: Readonly<Partial<Record<YAMLError["code"], string>>> = {
  DUPLICATE_KEY: "Each key may stand once in a mapping; the second would silently win.",
  NON_STRING_KEY: "Keys are plain words.",
  TAG_RESOLVE_FAILED: "Recipes have no tags (`!name`). Quote the text if the exclamation mark belongs to it.",
  TAB_AS_INDENT: "YAML indents with spaces, never with tabs.",
  BAD_INDENT: "The lines of one mapping or list start in the same column.",
  BAD_SCALAR_START: 'A value that starts with this character needs quotes: "...".',
  BLOCK_AS_IMPLICIT_KEY: 'A value that contains ": " needs quotes.',
  MULTILINE_IMPLICIT_KEY: "A colon is missing. A step with other keys beside it has one too: `- STEP:`.",
  BAD_DQ_ESCAPE: "In double quotes a backslash starts an escape; use single quotes to take it as it is.",
};

/** After the first error of structure the parser is lost; the ones of content stand for themselves. */
export function worthShowing(problems: readonly YAMLError[]): readonly YAMLError[] {
  const structural = problems.filter((problem) => codeOf[problem.code] === undefined);
  const first = structural.toSorted((a, b) => a.pos[0] - b.pos[0])[0];
  const limit = first?.pos[0] ?? Number.POSITIVE_INFINITY;
  const others = problems.filter((problem) => codeOf[problem.code] !== undefined && problem.pos[0] < limit);
  return [...others, ...(first === undefined ? [] : [first])].slice(0, MAX_SYNTAX_ERRORS);
}

/** Adds one of the parser's errors, with its place and a hint. */
export function reportSyntax(
  problem: YAMLError,
  text: string,
  toPlace: (start: number, end: number) => DiagnosticSource,
  report: Report,
): void {
  const [start, end] = problem.pos;
  const [line = ""] = problem.message.split("\n");
  const sentence = line.replace(/\.$/, "");
  const [found = ""] = text.slice(start, Math.max(end, start + 1)).split("\n");
  const summary =
    problem.code === "UNEXPECTED_TOKEN" && found.trim() !== ""
      ? `unexpected ${JSON.stringify(found.slice(0, 30))}`
      : sentence.charAt(0).toLowerCase() + sentence.slice(1);
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const unquoted = text.slice(lineStart, start + 1).includes("${{") || text.startsWith("{", start);
  const hint = unquoted ? 'Inside { } and [ ], quote text with an expression: "... ${{ }} ...".' : "";
  report.error(codeOf[problem.code] ?? "yaml-syntax", toPlace(start, end), summary, teaching[problem.code] ?? hint);
}
