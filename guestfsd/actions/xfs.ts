/** Daemon side of schemas/actions/xfs.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { withGuestDirectory } from "../guest-directory.ts";

export const xfs = {
  xfs_growfs(args, { command, sysroot }) {
    const flags: readonly (readonly [string, boolean | undefined])[] = [
      ["-d", args.datasec],
      ["-l", args.logsec],
      ["-r", args.rtsec],
    ];
    const sizes: readonly (readonly [string, number | bigint | undefined])[] = [
      ["-D", args.datasize],
      ["-L", args.logsize],
      ["-R", args.rtsize],
      ["-e", args.rtextsize],
      ["-m", args.maxpct],
    ];
    const options = [
      ...flags.flatMap(([flag, given]) => (given === true ? [flag] : [])),
      ...sizes.flatMap(([option, value]) => (value === undefined ? [] : [option, String(value)])),
    ];
    withGuestDirectory(sysroot, args.path, (path) => command.check(["xfs_growfs", ...options, path]));
  },
} satisfies HandlersOf<typeof families.xfs, Context>;
