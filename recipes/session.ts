/** LoadSession: what one load of a recipe shares: report, validator, files that were read, limits, secrets. */
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { resolve as resolvePath } from "node:path";

import { textFromBytes, type DiagnosticSource, type InputFile } from "../schemas/index.ts";
import { Report } from "./report.ts";
import type { Validator } from "./validator.ts";

/** Recipes and vars files larger than this are no recipes. */
const MAX_FILE_BYTES = 1 << 20;

export class LoadSession {
  readonly report = new Report();
  readonly validator: Validator;
  /** Text of every recipe that was read, by the name that diagnostics give it. */
  readonly texts = new Map<string, string>();
  /** Values that must never be shown. */
  readonly secrets = new Set<string>();
  readonly #files = new Map<string, InputFile>();

  constructor(validator: Validator) {
    this.validator = validator;
  }

  /** Every input so far, in the order in which it was met. */
  get files(): readonly InputFile[] {
    return [...this.#files.values()];
  }

  addFile(file: InputFile): void {
    if (!this.#files.has(file.path)) this.#files.set(file.path, file);
  }

  /**
   * Reads a text file; what is wrong with it is reported at `source`.
   *
   * @returns the text and the file's real path
   */
  readText(
    path: string,
    kind: "recipe" | "vars",
    source: DiagnosticSource,
    missing: "file-unreadable" | "include-missing" = "file-unreadable",
  ): { readonly text: string; readonly realPath: string } | undefined {
    try {
      const realPath = realpathSync(path);
      const stat = statSync(realPath);
      if (!stat.isFile()) {
        this.report.error(missing, source, `${path} is no file`);
        return undefined;
      }
      if (stat.size > MAX_FILE_BYTES) {
        this.report.error(
          "file-too-large",
          source,
          `${path} has ${stat.size} bytes; at most ${MAX_FILE_BYTES} are read`,
        );
        return undefined;
      }
      const bytes = readAtMost(realPath, MAX_FILE_BYTES);
      this.addFile({ kind, path: resolvePath(path), sha256: createHash("sha256").update(bytes).digest("hex") });
      const text = textFromBytes(bytes);
      if (!text.isWellFormed()) {
        this.report.error("not-utf8", source, `${path} is not UTF-8 text`);
        return undefined;
      }
      return { text: text.replace(/^\uFEFF/, ""), realPath };
    } catch (error) {
      this.report.error(missing, source, `cannot read ${path}: ${systemReason(error)}`);
      return undefined;
    }
  }
}

/** A file may grow between stat and read. */
function readAtMost(path: string, bytes: number): Uint8Array {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(bytes);
    let length = 0;
    for (;;) {
      const got = readSync(file, buffer, length, bytes - length, null);
      length += got;
      if (got === 0 || length === bytes) return buffer.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}

/** The reason of a failed system call in a few words. */
export function systemReason(error: unknown): string {
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  const known: Readonly<Record<string, string>> = {
    ENOENT: "no such file",
    EACCES: "permission denied",
    EISDIR: "it is a folder",
    ENOTDIR: "a part of the path is no folder",
    ELOOP: "too many symbolic links",
    ENAMETOOLONG: "the name is too long",
  };
  if (typeof code === "string") return known[code] ?? code;
  return error instanceof Error ? error.message : String(error);
}
