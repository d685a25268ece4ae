/** Daemon side of schemas/actions/ntfsclone.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";

export const ntfsclone = {
  ntfsclone_out({ device, metadataonly, rescue, ignorefscheck, preservetimestamps, force }, { command }) {
    const flags: readonly (readonly [string, boolean | undefined])[] = [
      ["--metadata", metadataonly],
      ["--rescue", rescue],
      ["--ignore-fs-check", ignorefscheck],
      ["--preserve-timestamps", preservetimestamps],
      ["--force", force],
    ];
    const options = flags.flatMap(([flag, given]) => (given === true ? [flag] : []));
    return command.stream(["ntfsclone", "-o", "-", "--save-image", ...options, device]);
  },

  ntfsclone_in({ device }, context) {
    context.command.check(["ntfsclone", "-O", device, "--restore-image", "-"], { stdin: context.chunks() });
  },
} satisfies HandlersOf<typeof families.ntfsclone, Context>;
