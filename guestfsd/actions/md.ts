/** Daemon side of schemas/actions/md.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import { mdArrays } from "../block-sysfs.ts";
import type { Context } from "../context.ts";

export const md = {
  list_md_devices: () => mdArrays(),
} satisfies HandlersOf<typeof families.md, Context>;
