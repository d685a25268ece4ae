/**
 * What executed actions may have touched: decides when the guest's state must be kept before the first change, and what has
 * to be compared afterwards. Knows actions by their spec and family only; where it does not know, it assumes the worst.
 */
import { actions, families, type AnyAction, type PlannedAction } from "../schemas/index.ts";

export type ActionReach =
  /** Changes nothing. */
  | "read"
  /** Mounts and other state of the daemon. */
  | "config"
  /** Changes files of mounted filesystems only. */
  | "files"
  /** Changes what is compared below files: partition tables, LVM, filesystems. */
  | "blocks"
  /** Files and devices: programs of the guest, a swap file. */
  | "programs"
  /** Writes to a device in a way that cannot be told by comparing. */
  | "device";

/** Families whose writes show in diff/block.ts. */
const visibleFamilies = /^(parted|sfdisk|gpt|mbr|lvm[\w-]*|mkfs|mke2fs|swap|labels|uuids|mount|btrfs[\w-]*|xfs|md)$/u;

/** Told as changes of the daemon's state, since they work on its own folders too; in a guest they make and remove directories. */
const mountPointActions: ReadonlySet<string> = new Set(["mkmountpoint", "rmmountpoint"]);

/** Make a device hold nothing of what it held. */
const formattingActions = /^(?:mkfs|mke2fs|mke2journal|mkswap)/u;

const deviceKinds: ReadonlySet<string> = new Set(["device", "mountable", "dev_or_path", "mountable_or_path"]);

const pathKinds: ReadonlySet<string> = new Set(["pathname", "dev_or_path", "mountable_or_path"]);

/** @param args of the action; without them an argument that may name a device counts as one */
export function reachOf(name: keyof typeof actions, args?: PlannedAction["args"]): ActionReach {
  const spec: AnyAction = actions[name];
  if (spec.effect === "read") return "read";
  if (mountPointActions.has(name)) return "files";
  if (spec.effect === "config") return "config";
  if (spec.unseen === true) return "device";
  const family = familyOf(name);
  if (family === "sh" || family === "debug") return "programs";
  if (visibleFamilies.test(family)) return takesGuestPath(spec) ? "programs" : "blocks";
  const devices = deviceArgs(spec).filter(
    (argument) => args === undefined || !isGuestPath(spec, argument, args[argument]),
  );
  return devices.length > 0 ? "device" : "files";
}

function takesGuestPath(spec: AnyAction): boolean {
  return Object.values(spec.args).some((field) => field.kind === "pathname");
}

/** Whether the value of an argument that takes a device or a path is a path: devices are below /dev. */
function isGuestPath(spec: AnyAction, argument: string, value: unknown): boolean {
  const kind = spec.args[argument]?.kind ?? "";
  return pathKinds.has(kind) && typeof value === "string" && value.startsWith("/") && !/^\/+dev\//u.test(value);
}

/** What the actions of a run did, added up as they are executed. */
export class Effects {
  filesWritten = false;
  /** Actions after which other filesystems may be mounted, or hold something else than their files say. */
  beyondFiles = 0;
  blocksWritten = false;
  /** Device, or path of a mounted filesystem -> actions that wrote to it unseen. */
  readonly deviceWrites = new Map<string, Set<string>>();
  /** Actions that ran programs of the guest, which may do anything to any device. */
  readonly guestPrograms = new Set<string>();
  /** Devices that were given a new filesystem, or none. */
  readonly formatted = new Set<string>();
  /** Paths whose times were set. */
  readonly timesSet = new Set<string>();
  /** Files that Augeas was told to read, and with which lens. */
  readonly lenses = new Map<string, string>();
  /** Files that actions named: what the recipe is about, where it added thousands. */
  readonly named = new Set<string>();

  /** True once anything of the disks may have changed. */
  get any(): boolean {
    return this.filesWritten || this.blocksWritten;
  }

  add(planned: PlannedAction): void {
    this.#addLens(planned);
    const reach = reachOf(planned.action, planned.args);
    if (reach !== "read" && reach !== "files" && familyOf(planned.action) !== "augeas") this.beyondFiles += 1;
    if (reach === "read" || reach === "config") return;
    if (reach !== "blocks") this.filesWritten = true;
    if (reach !== "files") this.blocksWritten = true;
    if (reach === "device") this.#addDeviceWrite(planned);
    if (familyOf(planned.action) === "sh") this.guestPrograms.add(planned.action);
    if (formattingActions.test(planned.action)) for (const device of devicesOf(planned)) this.formatted.add(device);
    for (const path of pathArgs(planned)) {
      this.named.add(path);
      if (planned.action === "utimens") this.timesSet.add(path);
    }
  }

  #addLens({ action, args }: PlannedAction): void {
    const { lens, file, remove } = args;
    if (action !== "aug_transform" || typeof lens !== "string" || typeof file !== "string") return;
    if (remove === true) this.lenses.delete(file);
    else this.lenses.set(file, lens);
  }

  #addDeviceWrite(planned: PlannedAction): void {
    const named = devicesOf(planned);
    const places = named.length > 0 ? named : pathArgs(planned);
    for (const device of places.length > 0 ? places : ["unknown"]) {
      const known = this.deviceWrites.get(device) ?? new Set<string>();
      this.deviceWrites.set(device, known.add(planned.action));
    }
  }
}

/** Guest paths among an action's arguments. */
export function pathArgs(planned: PlannedAction): string[] {
  const spec: AnyAction = actions[planned.action];
  const names = Object.entries(spec.args).filter(([, field]) => pathKinds.has(field.kind));
  return names.map(([name]) => planned.args[name]).filter((value) => typeof value === "string");
}

/** Devices among an action's arguments, lists of them too. */
function devicesOf(planned: PlannedAction): string[] {
  const values = deviceArgs(actions[planned.action]).flatMap((name) => planned.args[name]);
  return values.filter((value) => typeof value === "string");
}

/** Arguments that may name a device to be written. What is copied, `src`, is only read. */
function deviceArgs(spec: AnyAction): string[] {
  const fields = Object.entries({ ...spec.args, ...spec.optargs });
  return fields
    .filter(([name, { kind, upstream }]) => name !== "src" && (deviceKinds.has(kind) || upstream.of === "Device"))
    .map(([name]) => name);
}

function familyOf(name: string): string {
  return Object.entries(families).find(([, family]) => Object.hasOwn(family, name))?.[0] ?? "";
}
