/** Daemon side of schemas/actions/scrub.ts. */
import { lstatSync, statSync } from "node:fs";
import { join, parse } from "node:path";

import { bytesFromText, type families, type HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError, failure } from "../errors.ts";
import { withGuestDirectory, withGuestPath } from "../guest-directory.ts";

export const scrub = {
  scrub_device({ device }, { command }) {
    command.check(["scrub", device]);
  },

  scrub_file({ file }, { command, sysroot }) {
    withGuestPath(sysroot, file, (path) => {
      // A device node of the guest is a device of the appliance.
      if (!statSync(path).isFile()) throw new ActionError(`${file}: not a regular file`, "EINVAL");
      command.check(["scrub", "-r", path]);
    });
  },

  scrub_freespace({ dir }, { command, sysroot }) {
    const { dir: parent, base } = parse(dir);
    const bytes = Buffer.from(bytesFromText(dir));
    const taken = about(dir, () => sysroot.inside(() => lstatSync(bytes, { throwIfNoEntry: false }) !== undefined));
    if (taken || ["", ".", ".."].includes(base)) throw failure(dir, "EEXIST");
    withGuestDirectory(sysroot, parent, (path) => command.check(["scrub", "-X", join(path, base)]));
  },
} satisfies HandlersOf<typeof families.scrub, Context>;
