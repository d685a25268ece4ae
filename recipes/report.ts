/** Report: the diagnostics of one load, each kept once, in the order of their places. */
import type { Diagnostic, DiagnosticCode, DiagnosticSource } from "../schemas/index.ts";

/** More are not kept: nobody reads the thousandth mistake. */
const MAX_DIAGNOSTICS = 500;

export class Report {
  readonly #byKey = new Map<string, Diagnostic>();
  #errors = 0;

  error(code: DiagnosticCode, source: DiagnosticSource, summary: string, detail = ""): void {
    this.add({ severity: "error", code, summary, detail, source });
  }

  warning(code: DiagnosticCode, source: DiagnosticSource, summary: string, detail = ""): void {
    this.add({ severity: "warning", code, summary, detail, source });
  }

  add(diagnostic: Diagnostic): void {
    const { file, line, column } = diagnostic.source;
    const key = JSON.stringify([file, line, column, diagnostic.code, diagnostic.summary]);
    if (diagnostic.severity === "error") this.#errors += 1;
    if (this.#byKey.size < MAX_DIAGNOSTICS && !this.#byKey.has(key)) this.#byKey.set(key, diagnostic);
  }

  /** Errors seen until now, repeated ones too: compare two readings to know whether something was found in between. */
  get errors(): number {
    return this.#errors;
  }

  /**
   * Sorted by file, line and column.
   *
   * @param order files that come first, in this order; others follow in the order in which they were met
   */
  sorted(order: Iterable<string> = []): readonly Diagnostic[] {
    const found = [...this.#byKey.values()];
    const files = [...new Set([...order, ...found.map((one) => one.source.file)])];
    return found.sort(
      (a, b) =>
        files.indexOf(a.source.file) - files.indexOf(b.source.file) ||
        a.source.line - b.source.line ||
        a.source.column - b.source.column,
    );
  }
}
