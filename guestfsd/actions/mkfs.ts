/** Daemon side of schemas/actions/mkfs.ts: which program makes which filesystem, and how it spells the options. */
import type { families, HandlerArgs, HandlersOf } from "../../schemas/index.ts";
import type { CommandResult, Context } from "../context.ts";
import { withoutBanner } from "../e2fsprogs.ts";
import { about, ActionError } from "../errors.ts";
import { wipeSignatures } from "../native/blkid.ts";
import { isInstalled } from "../optgroups.ts";

type MkfsArgs = HandlerArgs<(typeof families.mkfs)["mkfs"]>;
type Option = "blocksize" | "features" | "inode" | "sectorsize" | "label";

interface Maker {
  /** Program and the options it always gets: overwrite what is there, ask nothing, say little. */
  readonly argv: readonly string[];
  /** How an option is spelt; one that is missing is refused. */
  readonly options: Partial<Readonly<Record<Option, (value: string | number) => readonly string[]>>>;
}

const flag =
  (name: string) =>
  (value: string | number): readonly string[] => [name, String(value)];
const sized =
  (name: string) =>
  (value: string | number): readonly string[] => [name, `size=${value}`];

const ext: Maker["options"] = {
  blocksize: flag("-b"),
  features: flag("-O"),
  inode: flag("-I"),
  label: flag("-L"),
};
const fat: Maker = {
  // Without --mbr=n a whole disk would also get a partition table.
  argv: ["mkfs.vfat", "-I", "--mbr=n"],
  options: { sectorsize: flag("-S"), label: flag("-n") },
};

const MAKERS: Readonly<Record<string, Maker>> = {
  ext2: { argv: ["mke2fs", "-q", "-F", "-t", "ext2"], options: ext },
  ext3: { argv: ["mke2fs", "-q", "-F", "-t", "ext3"], options: ext },
  ext4: { argv: ["mke2fs", "-q", "-F", "-t", "ext4"], options: ext },
  xfs: {
    argv: ["mkfs.xfs", "-q", "-f"],
    options: { blocksize: sized("-b"), inode: sized("-i"), sectorsize: sized("-s"), label: flag("-L") },
  },
  btrfs: {
    argv: ["mkfs.btrfs", "-q", "-f"],
    options: { blocksize: flag("-n"), sectorsize: flag("-s"), label: flag("-L") },
  },
  vfat: fat,
  fat,
  msdos: fat,
  ntfs: {
    argv: ["mkfs.ntfs", "-q", "-Q", "-F"],
    options: { blocksize: flag("-c"), sectorsize: flag("-s"), label: flag("-L") },
  },
  f2fs: { argv: ["mkfs.f2fs", "-q", "-f"], options: { label: flag("-l") } },
  exfat: { argv: ["mkfs.exfat"], options: { blocksize: flag("-c"), label: flag("-L") } },
  jfs: { argv: ["mkfs.jfs", "-q"], options: { label: flag("-L") } },
  reiserfs: { argv: ["mkfs.reiserfs", "-q", "-f"], options: { blocksize: flag("-b"), label: flag("-l") } },
};

const FAT_SECTOR = 512;

export const mkfs = {
  mkfs(args, context) {
    make(args, context);
  },

  mkfs_b({ fstype, blocksize, device }, context) {
    make({ fstype, blocksize, device }, context);
  },
} satisfies HandlersOf<typeof families.mkfs, Context>;

function make(args: MkfsArgs, context: Context): void {
  const maker = makerOf(args.fstype);
  const options = optionsOf(maker, args);
  const shown = context.devices.toApi(args.device);
  // A signature that the new filesystem does not write over would make the device ambiguous.
  about(shown, () => {
    wipeSignatures(args.device);
  });
  const result = context.command.run([...maker.argv, ...options, args.device]);
  if (result.status !== 0) throw new ActionError(complaint(maker, result));
}

function makerOf(fstype: string): Maker {
  const known = Object.hasOwn(MAKERS, fstype) ? MAKERS[fstype] : undefined;
  const maker = known ?? { argv: [`mkfs.${fstype}`], options: {} };
  const program = maker.argv[0] ?? "";
  if (!/^[\w.+-]+$/.test(program) || !isInstalled(program)) {
    throw new ActionError(`${fstype}: filesystem is not supported by the appliance`, "ENOTSUP");
  }
  return maker;
}

/** What the program said, without the pages of help that some add. */
function complaint(maker: Maker, { status, stderr }: CommandResult): string {
  const [said = ""] = stderr.split(/^usage:/im);
  return said.trim() === "" ? `${maker.argv[0] ?? ""} exited with status ${status}` : withoutBanner(said);
}

function optionsOf(maker: Maker, args: MkfsArgs): readonly string[] {
  const { fstype, blocksize, features, inode, sectorsize, label } = args;
  const given = { features, inode, sectorsize, label };
  const argv: string[] = [];
  if (blocksize !== undefined) argv.push(...blocksizeOption(maker, fstype, blocksize, sectorsize));
  for (const name of ["features", "inode", "sectorsize", "label"] as const) {
    const value = given[name];
    if (value === undefined) continue;
    if (typeof value === "number" && value <= 0) throw new ActionError(`${value}: ${name} must be > 0`, "EINVAL");
    const spell = maker.options[name];
    if (spell === undefined) throw new ActionError(`${fstype}: the option ${name} is not possible`, "EINVAL");
    argv.push(...spell(value));
  }
  return argv;
}

/** On FAT the block is the cluster, counted in sectors. */
function blocksizeOption(maker: Maker, fstype: string, size: number, sectorsize = FAT_SECTOR): readonly string[] {
  // Before the program, which would say so only when the old filesystem's signature is gone.
  if (size <= 0 || (size & (size - 1)) !== 0) {
    throw new ActionError(`${size}: block size must be > 0 and a power of 2`, "EINVAL");
  }
  if (maker === fat) {
    const sectors = size / sectorsize;
    if (!Number.isInteger(sectors) || sectors > 128) {
      throw new ActionError(`${size}: not a possible cluster size`, "EINVAL");
    }
    return ["-s", String(sectors)];
  }
  const spell = maker.options.blocksize;
  if (spell === undefined) throw new ActionError(`${fstype}: the option blocksize is not possible`, "EINVAL");
  return spell(size);
}
