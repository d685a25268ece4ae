/**
 * Daemon side of schemas/actions/tar.ts: the appliance's tar with the guest as its root. Compression runs in a process of
 * its own, outside: in the guest's root tar would start the guest's gzip.
 */
import { statfsSync, statSync } from "node:fs";

import { bytesFromText, type families, type HandlersOf } from "../../schemas/index.ts";
import { compressorOf } from "../compressors.ts";
import type { Context, Sysroot } from "../context.ts";
import { about, ActionError, failure } from "../errors.ts";

interface InOptions {
  readonly compress?: string | undefined;
  readonly xattrs?: boolean | undefined;
  readonly selinux?: boolean | undefined;
  readonly acls?: boolean | undefined;
  readonly keepdirlink?: boolean | undefined;
}

interface OutOptions extends Omit<InOptions, "keepdirlink"> {
  readonly numericowner?: boolean | undefined;
  readonly excludes?: readonly string[] | undefined;
}

/** What tar reads at once, in blocks of 512 bytes: the whole pipe, or tar and the daemon would take turns for every 10 KiB. */
const RECORD = "--blocking-factor=512";

/** Magic numbers of filesystems without owners (statfs(2)): msdos and vfat, exfat, ntfs. */
const OWNERLESS: readonly number[] = [0x4d44, 0x2011bab0, 0x5346544e];

export const tar = {
  tar_in: ({ directory, ...options }, context) => unpack(directory, options, context),
  tgz_in: ({ directory }, context) => unpack(directory, { compress: "gzip" }, context),
  txz_in: ({ directory }, context) => unpack(directory, { compress: "xz" }, context),
  tar_out: ({ directory, ...options }, context) => pack(directory, options, context),
  tgz_out: ({ directory }, context) => pack(directory, { compress: "gzip" }, context),
  txz_out: ({ directory }, context) => pack(directory, { compress: "xz" }, context),
} satisfies HandlersOf<typeof families.tar, Context>;

function unpack(directory: string, options: InOptions, context: Context): undefined {
  const { command, sysroot } = context;
  const compressor = options.compress === undefined ? undefined : compressorOf(options.compress);
  requireDirectory(directory, sysroot);
  const argv = ["tar", "-xpf", "-", RECORD, "-C", directory, "--numeric-owner", "--delay-directory-restore"];
  argv.push(hasOwners(directory, sysroot) ? "--same-owner" : "--no-same-owner", ...metadata(options));
  if (options.keepdirlink === true) argv.push("--keep-directory-symlink");

  const sent = context.chunks();
  const archive = compressor === undefined ? sent : command.stream(compressor.unpack, { stdin: sent });
  command.check(argv, { root: "walk", stdin: archive });
}

function pack(directory: string, options: OutOptions, { command, sysroot }: Context): Iterable<Uint8Array> {
  if (!directory.startsWith("/")) throw new ActionError(`${directory}: path must start with a / character`, "EINVAL");
  sysroot.requireMounted();
  const compressor = options.compress === undefined ? undefined : compressorOf(options.compress);
  requireDirectory(directory, sysroot);
  const argv = ["tar", "-cf", "-", "-C", directory, ...metadata(options)];
  if (options.numericowner === true) argv.push("--numeric-owner");
  for (const pattern of options.excludes ?? []) argv.push(`--exclude=${pattern}`);

  const archive = command.stream([...argv, "."], { root: "walk" });
  return compressor === undefined ? archive : command.stream(compressor.pack, { stdin: archive });
}

function metadata({ xattrs, selinux, acls }: InOptions): string[] {
  const flags: string[] = [];
  if (xattrs === true) flags.push("--xattrs", "--xattrs-include=*");
  if (selinux === true) flags.push("--selinux");
  if (acls === true) flags.push("--acls");
  return flags;
}

function requireDirectory(directory: string, sysroot: Sysroot): void {
  const stat = about(directory, () => sysroot.inside(() => statSync(bytesOf(directory))));
  if (!stat.isDirectory()) throw failure(directory, "ENOTDIR");
}

function hasOwners(directory: string, sysroot: Sysroot): boolean {
  return !OWNERLESS.includes(sysroot.inside(() => statfsSync(bytesOf(directory)).type));
}

const bytesOf = (path: string): Buffer => Buffer.from(bytesFromText(path));
