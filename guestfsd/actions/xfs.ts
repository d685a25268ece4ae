/** Daemon side of schemas/actions/xfs.ts. */
import type { families, HandlerArgs, HandlersOf } from "../../schemas/index.ts";
import { failed } from "../command.ts";
import type { Context } from "../context.ts";
import { withGuestDirectory, withGuestPath } from "../guest-directory.ts";
import { identityOptions, xfsAdmin } from "../xfs-admin.ts";
import { xfsGeometry, xfsInfoStruct } from "../xfs-info.ts";

type Xfs = typeof families.xfs;
type Flag = readonly [option: string, given: boolean | undefined];
type Setting = readonly [option: string, value: string | number | bigint | undefined];

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
    xfsAdmin(command, adminOptions(args), args.device);
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

function adminOptions(args: HandlerArgs<Xfs["xfs_admin"]>): readonly string[] {
  const { label, uuid, lazycounter } = args;
  return [
    ...flagOptions([
      ["-e", args.extunwritten],
      ["-f", args.imgfile],
      ["-j", args.v2log],
      ["-p", args.projid32bit],
    ]),
    ...settingOptions([["-c", lazycounter === undefined ? undefined : Number(lazycounter)]]),
    ...identityOptions(label, uuid),
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
