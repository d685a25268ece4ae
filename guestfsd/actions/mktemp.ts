/** Daemon side of schemas/actions/mktemp.ts. */
import { bytesFromText, type families, type HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { closeQuietly, mkstemps } from "../native/libc.ts";

const TEMPLATE_END = "XXXXXX";

export const mktemp = {
  mktemp({ tmpl, suffix = "" }, { sysroot }) {
    if (!tmpl.endsWith(TEMPLATE_END))
      throw new ActionError(`${tmpl}: template must end with ${TEMPLATE_END}`, "EINVAL");
    if (suffix.includes("/")) throw new ActionError(`${suffix}: suffix must not have a slash`, "EINVAL");
    return about(tmpl, () => {
      const { fd, path } = sysroot.inside(() => mkstemps(tmpl + suffix, bytesFromText(suffix).length));
      closeQuietly(fd);
      return path;
    });
  },
} satisfies HandlersOf<typeof families.mktemp, Context>;
