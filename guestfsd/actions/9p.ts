/** Daemon side of schemas/actions/9p.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { ActionError } from "../errors.ts";

export const p9 = {
  list_9p: () => refuse(),
  mount_9p: () => refuse(),
} satisfies HandlersOf<(typeof families)["9p"], Context>;

function refuse(): never {
  throw new ActionError("9p support was removed in libguestfs 1.48", "ENOTSUP");
}
