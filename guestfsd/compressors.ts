/** The programs behind libguestfs's names of compressions. */
import { ActionError } from "./errors.ts";
import { isInstalled } from "./optgroups.ts";

export interface Compressor {
  /** Reads standard input, writes standard output. */
  readonly pack: readonly string[];
  readonly unpack: readonly string[];
  /** Lowest and highest level, an option of one digit; undefined where there are none. */
  readonly levels?: readonly [lowest: number, highest: number];
}

/** gzip unpacks what compress(1) packed. */
const COMPRESSORS: Readonly<Record<string, Compressor>> = {
  compress: { pack: ["compress", "-c"], unpack: ["gzip", "-dc"] },
  gzip: { pack: ["gzip", "-c"], unpack: ["gzip", "-dc"], levels: [1, 9] },
  bzip2: { pack: ["bzip2", "-c"], unpack: ["bzip2", "-dc"], levels: [1, 9] },
  xz: { pack: ["xz", "-c"], unpack: ["xz", "-dc"], levels: [0, 9] },
  lzop: { pack: ["lzop", "-c"], unpack: ["lzop", "-dc"], levels: [1, 9] },
  lzma: { pack: ["xz", "--format=lzma", "-c"], unpack: ["xz", "--format=lzma", "-dc"], levels: [0, 9] },
  zstd: { pack: ["zstd", "-q", "-c"], unpack: ["zstd", "-q", "-dc"], levels: [1, 19] },
};

/** @throws ActionError EINVAL for an unknown name */
export function compressorOf(name: string): Compressor {
  const compressor = Object.hasOwn(COMPRESSORS, name) ? COMPRESSORS[name] : undefined;
  if (compressor === undefined) throw new ActionError(`unknown compression type: ${name}`, "EINVAL");
  return compressor;
}

/**
 * The program that packs, with a level.
 *
 * @throws ActionError EINVAL for an unknown name or level, ENOTSUP where the appliance lacks the program
 */
export function packer(name: string, level?: number): readonly string[] {
  const { pack, levels } = compressorOf(name);
  if (!isInstalled(pack[0] ?? "")) {
    throw new ActionError(`${name}: compression type not supported by the appliance`, "ENOTSUP");
  }
  if (level === undefined) return pack;
  if (levels === undefined || level < levels[0] || level > levels[1]) {
    throw new ActionError(`${name}: incorrect value for level parameter: ${level}`, "EINVAL");
  }
  return [...pack, `-${level}`];
}
