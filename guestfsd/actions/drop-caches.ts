/** Daemon side of schemas/actions/drop-caches.ts. */
import { writeFileSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about } from "../errors.ts";
import { sync } from "../native/libc.ts";

const CONTROL = "/proc/sys/vm/drop_caches";

export const dropCaches = {
  drop_caches({ whattodrop }) {
    // What is not written yet would stay.
    sync();
    about(CONTROL, () => writeFileSync(CONTROL, String(whattodrop)));
  },
} satisfies HandlersOf<(typeof families)["drop-caches"], Context>;
