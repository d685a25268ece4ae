/** Daemon side of schemas/actions/write-file.ts. */
import { bytesFromText, type families, type HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { ActionError } from "../errors.ts";
import { file } from "./file.ts";

export const writeFile = {
  write_file({ path, content, size }, context) {
    const bytes = bytesFromText(content);
    if (size < 0) throw new ActionError("size cannot be negative", "EINVAL");
    if (size > bytes.length) throw new ActionError("size parameter is larger than string content", "EINVAL");
    file.internal_write({ path, content: size === 0 ? bytes : bytes.subarray(0, size) }, context);
  },
} satisfies HandlersOf<(typeof families)["write-file"], Context>;
