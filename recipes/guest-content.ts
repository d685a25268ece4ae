/** Planned actions that give a file of the guest its content. Plans only; compares nothing. */
import { Secret, bytesFromText, call, reveal, type PlannedAction, type Text } from "../schemas/index.ts";

/** Longest content that goes inside a call (a message holds 4 MiB); longer content goes as a stream. Bytes. */
const INLINE_MAX = 1 << 20;

/** Writes text to a file: creates it, or replaces its content and keeps its mode and owner. */
export function writeText(path: string, text: Text): PlannedAction {
  const bytes = bytesFromText(reveal(text));
  if (bytes.length <= INLINE_MAX) {
    return call("internal_write", { path, content: text instanceof Secret ? text : bytes });
  }
  return call("upload", { filename: text instanceof Secret ? text : bytes, remotefilename: path });
}

/** Replaces the file at `path` when its text differs; `before` is undefined when there is no such file. */
export function rewriteText(path: string, before: string | undefined, after: Text): readonly PlannedAction[] {
  return before === reveal(after) ? [] : [writeText(path, after)];
}
