/**
 * Diagnostic: one mistake in what a person wrote, as a value. Input problems are collected and shown together; failures
 * of the machine are thrown instead. The list of codes is closed: each is documented in recipes/README.md (a test holds
 * both against each other). Does not render (recipes/excerpt.ts).
 */

/** A place in a file. Lines and columns count from 1; `endColumn` is on the same line, exclusive. */
export interface DiagnosticSource {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endColumn?: number;
}

/** Every code, with its meaning. */
export const diagnosticCodes = {
  "file-unreadable": "a recipe or vars file cannot be read",
  "file-too-large": "a recipe or vars file is larger than the limit",
  "not-utf8": "a recipe or vars file is not UTF-8 text",
  "yaml-syntax": "the text is not YAML",
  "yaml-duplicate-key": "a mapping has the same key twice",
  "yaml-alias": "an alias without a finished anchor, or aliases that expand to too much",
  "yaml-tag": "tags are not part of the recipe language",
  "yaml-key": "a mapping key is not plain text",
  "yaml-documents": "a file holds more than one YAML document",
  "yaml-depth": "the text is nested too deeply",
  "empty-recipe": "there is nothing in the file",
  "version-missing": "`version: 1` is not there",
  "version-unsupported": "this gild does not know the version of the recipe",
  "unknown-key": "a key that the schema does not have",
  "missing-key": "a required key is not there",
  "wrong-type": "a value of another type than the schema asks for",
  "not-allowed": "a value that is none of the allowed ones",
  "bad-form": "a value that does not have the required form",
  "out-of-range": "a number, text or list that is too small or too large",
  "mode-not-quoted": "permission bits written as a number, not as a quoted octal string",
  "bad-argument": "a value that the step refuses",
  "disks-invalid": "a disk layout that cannot be made",
  "step-missing": "a step item names no step",
  "step-ambiguous": "a step item names more than one step",
  "step-unknown": "no step or action has this name",
  "action-not-allowed": "the action exists, but recipes may not use it",
  "action-reads": "warning: the action changes nothing, and recipes do not see its result",
  "short-form": "the step has no short form, or not this one",
  "host-file-missing": "a host file or folder that the step needs is not there",
  "host-file-kind": "a host path is a folder where a file is needed, or the reverse",
  "expression-syntax": "the text between `${{` and `}}` is no expression",
  "expression-type": "an expression of another type than its place needs",
  "expression-unknown": "an expression names something that does not exist",
  "expression-place": "an expression stands where none is allowed",
  "secret-place": "a secret stands where it would be shown",
  "var-unset": "a variable has no value",
  "var-unknown": "a value is given for a variable that the recipe does not declare",
  "var-value": "the value of a variable does not fit its declaration",
  "var-source": "the place a variable's value comes from cannot be read",
  "include-missing": "an included file is not there",
  "include-cycle": "a file includes itself",
  "include-depth": "includes are nested too deeply",
  "too-many-steps": "the recipe has more steps than the limit",
} as const;

export type DiagnosticCode = keyof typeof diagnosticCodes;

export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly code: DiagnosticCode;
  /** One line, lower case, no final stop. */
  readonly summary: string;
  /** Whole sentences: why, and what to do. Empty when the summary says it all. */
  readonly detail: string;
  readonly source: DiagnosticSource;
}
