/** ImageError: a file on the host that cannot be used as a disk image, and why. */

export type ImageErrorCode =
  | "missing"
  | "unreadable"
  /** Neither a known format nor anything that looks like a raw disk. */
  | "not-an-image"
  /** A disk image of a format that gild does not open. */
  | "unsupported-format"
  /** The format that was given is not the file's. */
  | "wrong-format"
  /** The header names another file (backing file, external data file) that was not allowed. */
  | "refers-elsewhere"
  | "encrypted"
  | "corrupt"
  /** Another program has the image open. */
  | "in-use"
  /** Another gild works on the image. */
  | "locked";

export class ImageError extends Error {
  override readonly name = "ImageError";
  readonly code: ImageErrorCode;

  /** `path`: the image, as the user named it. */
  constructor(code: ImageErrorCode, path: string, reason: string, options?: ErrorOptions) {
    super(`image: ${path}: ${reason}`, options);
    this.code = code;
  }
}
