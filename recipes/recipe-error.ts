/** RecipeError: a step cannot be lowered for the guest it meets. */
import type { Diagnostic, SourceRange } from "../schemas/index.ts";

/**
 * `unsupported`: the guest cannot take the step. `invalid`: with the guest's facts the arguments are wrong (see
 * `diagnostics`). `guest-needed`: the step depends on guest.* and was lowered offline.
 */
export type RecipeErrorCode = "unsupported" | "invalid" | "guest-needed";

export class RecipeError extends Error {
  override readonly name = "RecipeError";
  readonly code: RecipeErrorCode;
  readonly source: SourceRange;
  readonly diagnostics: readonly Diagnostic[];

  constructor(code: RecipeErrorCode, message: string, source: SourceRange, diagnostics: readonly Diagnostic[] = []) {
    super(message);
    this.code = code;
    this.source = source;
    this.diagnostics = diagnostics;
  }
}
