/** Daemon side of schemas/actions/md.ts. */
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, unlinkSync } from "node:fs";
import { basename, join } from "node:path";

import type { families, HandlersOf, StructOf } from "../../schemas/index.ts";
import { kernelName, mdArrays } from "../block-sysfs.ts";
import type { Context } from "../context.ts";
import { ActionError } from "../errors.ts";

const LEVELS = new Set("linear raid0 0 stripe raid1 1 mirror raid4 4 raid5 5 raid6 6 raid10 10".split(" "));
/** Where mdadm keeps names of arrays, as links to their nodes. */
const NAMES = "/dev/md";
const CHUNK_UNIT = 1024n;

export const md = {
  list_md_devices: () => mdArrays(),

  md_create({ name, devices, missingbitmap = 0n, nrdevices, spare = 0, chunk, level = "raid1" }, { command }) {
    // mdadm would take it for an option, or for a device of any place.
    if (name === "" || name.startsWith("-") || name.includes("/")) {
      throw new ActionError(`${name}: not a possible name`, "EINVAL");
    }
    if (!LEVELS.has(level)) throw new ActionError(`unknown level parameter: ${level}`, "EINVAL");
    if (chunk !== undefined && (chunk <= 0n || chunk % CHUNK_UNIT !== 0n)) {
      throw new ActionError("chunk size must be a multiple of 1024 bytes", "EINVAL");
    }
    const members = withMissing(devices, missingbitmap);
    const active = nrdevices ?? members.length - spare;
    if (spare < 0 || active <= 0 || active + spare !== members.length) {
      const missing = members.length - devices.length;
      throw new ActionError(
        `devices (${devices.length}) + bits set in missingbitmap (${missing}) is not equal to nrdevices (${active}) + spare (${spare})`,
        "EINVAL",
      );
    }
    const options = [`--level=${level}`, `--raid-devices=${active}`];
    if (spare > 0) options.push(`--spare-devices=${spare}`);
    if (chunk !== undefined) options.push(`--chunk=${chunk / CHUNK_UNIT}`);
    command.check(["mdadm", "--create", "--run", name, ...options, ...members]);
  },

  md_detail: ({ md: device }, { command, devices }) =>
    parseDetail(command.check(["mdadm", "--detail", "--export", device]), (name) => devices.toApi(name)),

  md_stop({ md: device }, { command }) {
    const array = kernelName(device);
    command.check(["mdadm", "--stop", device]);
    removeNames(array);
  },

  md_stat({ md: device }, { devices }) {
    const name = kernelName(device);
    const found = parseMdstat(readFileSync("/proc/mdstat", "latin1"), name);
    if (found === undefined) throw new ActionError(`${devices.toApi(device)}: MD device not found`, "ENODEV");
    return found.map((member) => ({ ...member, mdstat_device: devices.toApi(member.mdstat_device) }));
  },
} satisfies HandlersOf<typeof families.md, Context>;

/** What udev would do: a name left behind would be taken for another array that comes by it. */
function removeNames(array: string): void {
  if (!existsSync(NAMES)) return;
  for (const name of readdirSync(NAMES)) {
    const path = join(NAMES, name);
    if (lstatSync(path).isSymbolicLink() && basename(readlinkSync(path)) === array) unlinkSync(path);
  }
}

/** `missing` in every place whose bit is set, the devices in the others. Exported for tests. */
export function withMissing(devices: readonly string[], bitmap: bigint): readonly string[] {
  const members: string[] = [];
  const rest = [...devices];
  for (let bits = BigInt.asUintN(64, bitmap); bits > 0n || rest.length > 0; bits >>= 1n) {
    members.push((bits & 1n) === 1n ? "missing" : (rest.shift() ?? ""));
  }
  return members.filter((member) => member !== "");
}

/** `MD_LEVEL=raid1` lines; MD_DEVICE_dev_sda1_DEV names a member twice. Exported for tests. */
export function parseDetail(text: string, toApi: (device: string) => string): readonly (readonly [string, string])[] {
  const member = (name: string): string => toApi(`/dev/${name}`).slice("/dev/".length);
  return [...text.matchAll(/^(?:MD_)?(\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [
    name
      .toLowerCase()
      .replace(/^(device_dev_)(\w+)(_\w+)$/, (_, head: string, of: string, tail: string) => head + member(of) + tail),
    value.startsWith("/dev/") ? toApi(value) : value,
  ]);
}

/**
 * Members of an array from /proc/mdstat: `md127 : active raid1 sdb[1] sda5[0](S)`. Exported for tests.
 *
 * @returns nothing where the array is not there
 */
export function parseMdstat(text: string, array: string): StructOf<"mdstat">[] | undefined {
  const line = text.split("\n").find((candidate) => candidate.startsWith(`${array} : `));
  if (line === undefined) return undefined;
  return [...line.matchAll(/(\S+)\[(\d+)\]((?:\([A-Z]\))*)/g)].map(([, device = "", index = "", flags = ""]) => ({
    mdstat_device: `/dev/${device}`,
    mdstat_index: Number(index),
    mdstat_flags: flags.replaceAll(/[()]/g, ""),
  }));
}
