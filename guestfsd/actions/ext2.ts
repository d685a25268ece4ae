/** Daemon side of schemas/actions/ext2.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Commands, Context } from "../context.ts";
import { e2 } from "../e2fsprogs.ts";
import { ActionError } from "../errors.ts";
import { isDeviceMounted } from "../mounted-devices.ts";

/** e2fsck: 0 is clean, 1 is repaired. */
const CHECKED = [0, 1];
const ERROR_BEHAVIORS = ["continue", "remount-ro", "panic"];
/** What tune2fs prints for a value that is not set. */
const UNSET = ["<none>", "<not available>"];

export const ext2 = {
  e2fsck({ device, correct, forceall, forceno }, { command }) {
    const chosen = [correct === true ? "-p" : "", forceall === true ? "-y" : "", forceno === true ? "-n" : ""];
    const options = chosen.filter((option) => option !== "");
    if (options.length > 1) {
      throw new ActionError("only one of 'correct', 'forceall' and 'forceno' can be given", "EINVAL");
    }
    check(command, device, options);
  },

  e2fsck_f({ device }, { command }) {
    check(command, device, ["-p"]);
  },

  resize2fs({ device }, { command }) {
    resize(command, device, [], []);
  },

  resize2fs_size({ device, size }, { command }) {
    if (size <= 0n || size % 1024n !== 0n) {
      throw new ActionError(`${size}: size must be a round number of kilobytes`, "EINVAL");
    }
    resize(command, device, [], [`${size / 1024n}K`]);
  },

  resize2fs_M({ device }, { command }) {
    resize(command, device, ["-M"], []);
  },

  tune2fs_l: ({ device }, { command }) => parseTune2fs(e2(command, ["tune2fs", "-l", device])),

  tune2fs(args, { command }) {
    const { device, force, errorbehavior, intervalbetweenchecks: interval } = args;
    const argv: string[] = force === true ? ["-f"] : [];
    const add = (option: string, value: string | number | bigint | undefined): void => {
      if (value !== undefined) argv.push(option, String(value));
    };
    if (errorbehavior !== undefined && !ERROR_BEHAVIORS.includes(errorbehavior)) {
      throw new ActionError(`${errorbehavior}: unknown error behaviour`, "EINVAL");
    }
    add("-c", args.maxmountcount);
    add("-C", args.mountcount);
    add("-e", errorbehavior);
    add("-g", args.group);
    // tune2fs counts days where no unit says otherwise.
    add("-i", interval === undefined || interval === 0 ? interval : `${interval}s`);
    add("-m", args.reservedblockspercentage);
    add("-M", args.lastmounteddirectory);
    add("-r", args.reservedblockscount);
    add("-u", args.user);
    if (argv.length > 0) e2(command, ["tune2fs", ...argv, device]);
  },
} satisfies HandlersOf<typeof families.ext2, Context>;

/** `Name:   value` lines, without the banner. Exported for tests. */
export function parseTune2fs(text: string): readonly (readonly [string, string])[] {
  return text.split("\n").flatMap((line) => {
    const [, name, value = ""] = /^([^:]+):\s*(.*?)\s*$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, UNSET.includes(value) ? "" : value] as const];
  });
}

function check(command: Commands, device: string, options: readonly string[]): void {
  e2(command, ["e2fsck", "-f", ...options, device], CHECKED);
}

/** resize2fs refuses a filesystem that is not mounted and was not checked since; mounted ones grow online. */
function resize(command: Commands, device: string, options: readonly string[], size: readonly string[]): void {
  if (!isDeviceMounted(device)) check(command, device, ["-p"]);
  e2(command, ["resize2fs", ...options, device, ...size]);
}
