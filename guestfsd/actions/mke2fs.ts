/** Daemon side of schemas/actions/mke2fs.ts: each argument in mke2fs's own spelling. */
import type { families, HandlerArgs, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { e2 } from "../e2fsprogs.ts";
import { about } from "../errors.ts";
import { wipeSignatures } from "../native/blkid.ts";
import { findDevice } from "./findfs.ts";

type Args = HandlerArgs<(typeof families.mke2fs)["mke2fs"]>;
type Name = Exclude<keyof Args, "device" | "blockscount">;

/** Argument -> option that takes its value. */
const VALUES: Partial<Readonly<Record<Name, string>>> = {
  blocksize: "-b",
  blockspergroup: "-g",
  numberofgroups: "-G",
  bytesperinode: "-i",
  inodesize: "-I",
  numberofinodes: "-N",
  reservedblockspercentage: "-m",
  label: "-L",
  lastmounteddir: "-M",
  creatoros: "-o",
  fstype: "-t",
  usagetype: "-T",
  uuid: "-U",
};
/** Argument -> word of -J and -E, which take lists. */
const JOURNAL: Partial<Readonly<Record<Name, string>>> = { journalsize: "size", journaldevice: "device" };
const EXTENDED: Partial<Readonly<Record<Name, string>>> = {
  stridesize: "stride",
  stripewidth: "stripe_width",
  maxonlineresize: "resize",
  mmpupdateinterval: "mmp_update_interval",
  lazyitableinit: "lazy_itable_init",
  lazyjournalinit: "lazy_journal_init",
};
/** Argument -> feature that is switched on or off. */
const FEATURES: Partial<Readonly<Record<Name, string>>> = {
  extent: "extent",
  filetype: "filetype",
  flexbg: "flex_bg",
  hasjournal: "has_journal",
  journaldev: "journal_dev",
  largefile: "large_file",
  quota: "quota",
  resizeinode: "resize_inode",
  sparsesuper: "sparse_super",
  uninitbg: "uninit_bg",
};

export const mke2fs = {
  mke2fs(args, context) {
    make(args, context);
  },

  mke2journal: (old, context) => journal(old, context),
  mke2journal_L: (old, context) => journal(old, context),
  mke2journal_U: (old, context) => journal(old, context),
  mke2fs_J: ({ journal: device, ...old }, context) => withJournal(old, device, context),

  // The device is looked up here: what mke2fs asks would need udev's links.
  mke2fs_JL: ({ label, ...old }, context) => withJournal(old, findDevice(context.devices, "LABEL", label), context),
  mke2fs_JU: ({ uuid, ...old }, context) => withJournal(old, findDevice(context.devices, "UUID", uuid), context),
} satisfies HandlersOf<typeof families.mke2fs, Context>;

/** The old calls have the size of a block as a smaller number. */
interface OldArgs {
  readonly blocksize: number;
  readonly device: string;
  readonly fstype?: string;
  readonly label?: string;
  readonly uuid?: string;
}

function journal(old: OldArgs, context: Context): undefined {
  make({ ...old, blocksize: BigInt(old.blocksize), journaldev: true }, context);
}

function withJournal(old: OldArgs, journaldevice: string, context: Context): undefined {
  make({ ...old, blocksize: BigInt(old.blocksize), journaldevice }, context);
}

function make(args: Args, { command, devices }: Context): void {
  about(devices.toApi(args.device), () => {
    wipeSignatures(args.device);
  });
  e2(command, ["mke2fs", "-q", "-F", ...mke2fsOptions(args), args.device, ...blocks(args)]);
}

/** Exported for tests. Arguments that were not given are left out. */
export function mke2fsOptions(args: Omit<Args, "device">): readonly string[] {
  const argv: string[] = [];
  for (const [name, option] of pairs(VALUES)) {
    if (args[name] !== undefined) argv.push(option, String(args[name]));
  }
  argv.push(...list("-J", words(args, JOURNAL)));
  const extended = words(args, EXTENDED);
  if (args.testfs === true) extended.push("test_fs");
  if (args.discard !== undefined) extended.push(args.discard ? "discard" : "nodiscard");
  if (args.quotatype === true) extended.push("quotatype=usrquota:grpquota");
  argv.push(...list("-E", extended));
  const features = pairs(FEATURES).flatMap(([name, feature]) => {
    const on = args[name];
    return on === undefined ? [] : [on === true ? feature : `^${feature}`];
  });
  argv.push(...list("-O", features));
  if (args.forcecreate === true) argv.push("-F");
  if (args.writesbandgrouponly === true) argv.push("-S");
  return argv;
}

function words(args: Omit<Args, "device">, names: Partial<Readonly<Record<Name, string>>>): string[] {
  return pairs(names).flatMap(([name, word]) => {
    const value = args[name];
    return value === undefined ? [] : [`${word}=${typeof value === "boolean" ? Number(value) : value}`];
  });
}

const list = (option: string, items: readonly string[]): readonly string[] =>
  items.length === 0 ? [] : [option, items.join(",")];

const blocks = ({ blockscount }: Args): readonly string[] => (blockscount === undefined ? [] : [String(blockscount)]);

function pairs(table: Partial<Readonly<Record<Name, string>>>): readonly (readonly [Name, string])[] {
  // Object.entries forgets that the keys are those of the table's type.
  return Object.entries(table) as [Name, string][];
}
