/** DiskError: why a layout cannot be made on these disks, and which part of `disks:` it is about. */
import type { SourceRange } from "../../schemas/index.ts";

/** Keys and indices from the value of `disks:`. */
export type At = readonly (string | number)[];

export class DiskError extends Error {
  override readonly name = "DiskError";
  readonly at: At;
  /** Place in the recipe, where it is known. */
  readonly source: SourceRange | undefined;

  /** @param reason lower case, no final stop */
  constructor(at: At, reason: string, source?: SourceRange) {
    super(`disks: ${reason}`);
    this.at = at;
    this.source = source;
  }
}
