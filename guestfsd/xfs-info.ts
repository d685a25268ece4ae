/** What xfs_info(8) tells, from the programs behind it: the script needs to find the mount itself, the daemon knows it. */
import type { StructOf } from "../schemas/index.ts";
import type { Context } from "./context.ts";
import { withGuestDirectory } from "./guest-directory.ts";
import { mountsOfDevice } from "./mounted-devices.ts";

/** `GROUP` and `GROUP.FIELD` to their values. */
export type XfsGeometry = ReadonlyMap<string, string>;

/** @param place guest path where the filesystem is mounted, or device */
export function xfsGeometry(place: string, { command, devices, sysroot }: Context): XfsGeometry {
  const ofMounted = (path: string): string => command.check(["xfs_spaceman", "-p", "xfs_info", "-c", "info", path]);
  const text = (): string => {
    if (!devices.isDevice(place)) return withGuestDirectory(sysroot, place, ofMounted);
    const [mounted] = mountsOfDevice(place);
    if (mounted !== undefined) return ofMounted(mounted);
    return command.check(["xfs_db", "-r", "-p", "xfs_info", "-c", "info", place]);
  };
  const geometry = new Map(parseXfsInfo(text()));
  const device = geometry.get("meta-data");
  if (device !== undefined) geometry.set("meta-data", devices.toApi(device));
  return geometry;
}

/**
 * Lines `GROUP =VALUE  field=number unit, field=number`; a line without a group goes on with the one before. Exported for
 * tests.
 */
export function parseXfsInfo(text: string): XfsGeometry {
  const found = new Map<string, string>();
  let group = "";
  for (const line of text.split("\n")) {
    const [, name = "", value = "", fields = ""] = /^(\S*?)\s*=(.*?)\s*((?:(?<=[\s=])[\w-]+=\d.*)?)$/.exec(line) ?? [];
    if (name !== "") group = name;
    if (value !== "") found.set(group, value);
    for (const [, field = "", number = ""] of fields.matchAll(/([\w-]+)=(\d+(?: (?:blks|extents))?)/g)) {
      found.set(`${group}.${field}`, number);
    }
  }
  return found;
}

/** The struct that xfs_info gives; numbers that are missing are -1. */
export function xfsInfoStruct(geometry: XfsGeometry): StructOf<"xfsinfo"> {
  const text = (name: string): string => geometry.get(name) ?? "";
  const u64 = (name: string): bigint => BigInt.asUintN(64, BigInt(leadingDigits(text(name)) ?? -1));
  const u32 = (name: string): number => Number(BigInt.asUintN(32, u64(name)));
  return {
    xfs_mntpoint: text("meta-data"),
    xfs_inodesize: u32("meta-data.isize"),
    xfs_agcount: u32("meta-data.agcount"),
    xfs_agsize: u32("meta-data.agsize"),
    xfs_sectsize: u32("meta-data.sectsz"),
    xfs_attr: u32("meta-data.attr"),
    xfs_blocksize: u32("data.bsize"),
    xfs_datablocks: u64("data.blocks"),
    xfs_imaxpct: u32("data.imaxpct"),
    xfs_sunit: u32("data.sunit"),
    xfs_swidth: u32("data.swidth"),
    xfs_dirversion: Number(leadingDigits(text("naming").replace(/^version /, "")) ?? 0xffffffff),
    xfs_dirblocksize: u32("naming.bsize"),
    xfs_cimode: u32("naming.ascii-ci"),
    xfs_logname: text("log").replace(/ log$/, ""),
    xfs_logblocksize: u32("log.bsize"),
    xfs_logblocks: u32("log.blocks"),
    xfs_logversion: u32("log.version"),
    xfs_logsectsize: u32("log.sectsz"),
    xfs_logsunit: u32("log.sunit"),
    xfs_lazycount: u32("log.lazy-count"),
    xfs_rtname: text("realtime"),
    xfs_rtextsize: u32("realtime.extsz"),
    xfs_rtblocks: u64("realtime.blocks"),
    xfs_rtextents: u64("realtime.rtextents"),
  };
}

const leadingDigits = (value: string): string | undefined => /^\d+/.exec(value)?.[0];
