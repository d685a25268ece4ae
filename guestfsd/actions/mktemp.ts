/** Daemon side of schemas/actions/mktemp.ts. */
import { closeSync, openSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { fsPath } from "../file-name.ts";
import { withRandomName } from "../random-name.ts";

const TEMPLATE_END = "XXXXXX";

export const mktemp = {
  mktemp({ tmpl, suffix = "" }, { sysroot }) {
    if (!tmpl.endsWith(TEMPLATE_END))
      throw new ActionError(`${tmpl}: template must end with ${TEMPLATE_END}`, "EINVAL");
    if (suffix.includes("/")) throw new ActionError(`${suffix}: suffix must not have a slash`, "EINVAL");
    const prefix = tmpl.slice(0, -TEMPLATE_END.length);
    return about(tmpl, () =>
      withRandomName((letters) => {
        const path = prefix + letters + suffix;
        closeSync(sysroot.inside(() => openSync(fsPath(path), "wx+", 0o600)));
        return path;
      }),
    );
  },
} satisfies HandlersOf<typeof families.mktemp, Context>;
