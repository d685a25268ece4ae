/** Daemon side of schemas/actions/filearch.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { fileArchitecture } from "../inspect/architecture.ts";

export const filearch = {
  file_architecture: ({ filename }, context) => fileArchitecture(filename, context),
} satisfies HandlersOf<typeof families.filearch, Context>;
