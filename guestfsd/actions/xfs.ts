/** Daemon side of schemas/actions/xfs.ts. */
import { bytesFromText, textFromBytes, type families, type HandlerArgs, type HandlersOf } from "../../schemas/index.ts";
import { failed } from "../command.ts";
import type { Context } from "../context.ts";
import { ActionError } from "../errors.ts";
import { withGuestDirectory, withGuestPath } from "../guest-directory.ts";
import { xfsGeometry, xfsInfoStruct } from "../xfs-info.ts";

type Xfs = typeof families.xfs;
type Flag = readonly [option: string, given: boolean | undefined];
type Setting = readonly [option: string, value: string | number | bigint | undefined];

const LABEL_MAX = 12;
const UUID = /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|generate|rewrite|restore|nil)$/i;
/** xfs_repair's own: sound, damaged, log to be replayed. */
const REPAIR_STATUS_MAX = 2;

export const xfs = {
  xfs_growfs(args, { command, sysroot }) {
    const flags = flagOptions([
      ["-d", args.datasec],
      ["-l", args.logsec],
      ["-r", args.rtsec],
    ]);
    const sizes = settingOptions([
      ["-D", args.datasize],
      ["-L", args.logsize],
      ["-R", args.rtsize],
      ["-e", args.rtextsize],
      ["-m", args.maxpct],
    ]);
    withGuestDirectory(sysroot, args.path, (path) => command.check(["xfs_growfs", ...flags, ...sizes, path]));
  },

  xfs_info: ({ pathordevice }, context) => xfsInfoStruct(xfsGeometry(pathordevice, context)),

  xfs_info2: ({ pathordevice }, context) => [...xfsGeometry(pathordevice, context)],

  xfs_admin(args, { command }) {
    const argv = ["xfs_admin", ...adminOptions(args), args.device];
    const result = command.run(argv);
    const said = `${result.stderr}\n${textFromBytes(result.stdout)}`.trim();
    if (result.status !== 0) throw failed(argv, { ...result, stderr: said });
  },

  xfs_repair(args, { command, devices, sysroot }) {
    const options = repairOptions(args, (name) => devices.toReal(name));
    const run = (argv: readonly string[]): number => {
      const result = command.run(argv);
      if (result.status > REPAIR_STATUS_MAX) throw failed(argv, result);
      return result.status;
    };
    if (devices.isDevice(args.device)) return run(["xfs_repair", ...options, args.device]);
    return withGuestPath(sysroot, args.device, (path) => run(["xfs_repair", ...options, "-f", path]));
  },
} satisfies HandlersOf<Xfs, Context>;

/** xfs_admin is a shell script that hands label and UUID to a shell and to a program that takes words. */
function adminOptions(args: HandlerArgs<Xfs["xfs_admin"]>): readonly string[] {
  const { label, uuid, lazycounter } = args;
  if (label !== undefined && !/^[\w.:+@%-]*$/.test(label)) {
    throw new ActionError(`${label}: letters, digits and . : + @ % _ - make a label of xfs`, "EINVAL");
  }
  if (label !== undefined && bytesFromText(label).length > LABEL_MAX) {
    throw new ActionError(`${label}: xfs labels are limited to ${LABEL_MAX} bytes`, "EINVAL");
  }
  if (uuid !== undefined && !UUID.test(uuid)) throw new ActionError(`${uuid}: not a UUID`, "EINVAL");
  return [
    ...flagOptions([
      ["-e", args.extunwritten],
      ["-f", args.imgfile],
      ["-j", args.v2log],
      ["-p", args.projid32bit],
    ]),
    ...settingOptions([
      ["-c", lazycounter === undefined ? undefined : Number(lazycounter)],
      ["-L", label === "" ? "--" : label],
      ["-U", uuid],
    ]),
  ];
}

function repairOptions(args: HandlerArgs<Xfs["xfs_repair"]>, toReal: (name: string) => string): readonly string[] {
  const { logdev, rtdev } = args;
  const tuned = (name: string, value: bigint | undefined): string | undefined =>
    value === undefined ? undefined : `${name}=${value}`;
  return [
    ...flagOptions([
      ["-L", args.forcelogzero],
      ["-n", args.nomodify],
      ["-P", args.noprefetch],
    ]),
    ...settingOptions([
      ["-o", args.forcegeometry === true ? "force_geometry" : undefined],
      ["-m", args.maxmem],
      ["-o", tuned("ihash", args.ihashsize)],
      ["-o", tuned("bhash", args.bhashsize)],
      ["-o", tuned("ag_stride", args.agstride)],
      ["-l", logdev === undefined ? undefined : toReal(logdev)],
      ["-r", rtdev === undefined ? undefined : toReal(rtdev)],
    ]),
  ];
}

const flagOptions = (flags: readonly Flag[]): readonly string[] =>
  flags.flatMap(([option, given]) => (given === true ? [option] : []));

const settingOptions = (settings: readonly Setting[]): readonly string[] =>
  settings.flatMap(([option, value]) => (value === undefined ? [] : [option, String(value)]));
