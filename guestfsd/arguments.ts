/**
 * Checks and translations that every call gets from the kinds of its fields, before its handler and after it
 * (facts/protocol.md §7): paths absolute and a filesystem mounted, devices translated and present, no NUL bytes.
 */
import { existsSync, statSync } from "node:fs";

import { structs, wireArgs, type AnyAction, type Field, type StructName } from "../schemas/index.ts";
import type { Devices, Sysroot } from "./context.ts";
import { mountableToReal, parseMountable } from "./devices.ts";
import { ActionError, failure } from "./errors.ts";

export interface Surroundings {
  readonly sysroot: Sysroot;
  readonly devices: Devices;
}

type Args = Readonly<Record<string, unknown>>;

/**
 * The arguments as the handler gets them: devices under their real names.
 *
 * @throws ActionError for the first argument that may not be
 */
export function checkArguments(action: AnyAction, args: Args, around: Surroundings): Record<string, unknown> {
  const checked: Record<string, unknown> = { ...args };
  for (const [name, field] of [...wireArgs(action), ...Object.entries(action.optargs)]) {
    const value = args[name];
    if (typeof value === "string") checked[name] = checkText(field, value, around);
    else if (Array.isArray(value)) checked[name] = checkList(field, value, around);
  }
  return checked;
}

function checkList(field: Field<unknown>, values: readonly unknown[], around: Surroundings): unknown[] {
  const { of } = field.upstream;
  return values.map((value) => {
    if (typeof value !== "string") return value;
    refuseNul(value);
    switch (of ?? "") {
      case "Device":
        return checkDevice(value, around.devices);
      case "Pathname":
        return checkPath(value, around.sysroot);
      // "Filename" as well: upstream allows no slash in them, we do, so that one call can ask about files of many folders.
      default:
        return value;
    }
  });
}

function checkText(field: Field<unknown>, value: string, around: Surroundings): string {
  refuseNul(value);
  switch (field.upstream.of ?? "") {
    case "Pathname":
      return checkPath(value, around.sysroot);
    case "Device":
      return checkDevice(value, around.devices);
    case "Mountable":
      return checkMountable(value, around.devices);
    case "Dev_or_Path":
      return deviceOr(value, around.devices) ?? checkPath(value, around.sysroot);
    case "Mountable_or_Path":
      if (value.startsWith("btrfsvol:")) return checkMountable(value, around.devices);
      return deviceOr(value, around.devices) ?? checkPath(value, around.sysroot);
    default:
      return value;
  }
}

function refuseNul(value: string): void {
  if (value.includes("\0")) throw new ActionError("string contains a NUL byte", "EINVAL");
}

function checkPath(path: string, sysroot: Sysroot): string {
  if (!path.startsWith("/")) throw new ActionError(`${path}: path must start with a / character`, "EINVAL");
  sysroot.requireMounted();
  return path;
}

function checkDevice(name: string, devices: Devices): string {
  const real = devices.toReal(name);
  if (devices.isDevice(real)) return real;
  if (!isThere(real)) throw failure(name, "ENOENT");
  // The folder of a volume group: for lvremove it stands for all its volumes. Other programs say themselves that it is none.
  if (statSync(real).isDirectory()) return real;
  throw new ActionError(`${name}: expecting a device name`, "EINVAL");
}

/** Only below /dev: what else the appliance has is nobody's business. */
function isThere(device: string): boolean {
  return /^\/dev\/[^.]+$/.test(device) && existsSync(device);
}

function checkMountable(mountable: string, devices: Devices): string {
  if (!mountable.startsWith("btrfsvol:")) return checkDevice(mountable, devices);
  const real = mountableToReal(mountable, devices);
  if (!devices.isDevice(parseMountable(real, devices).device)) throw failure(mountable, "ENOENT");
  return real;
}

function deviceOr(name: string, devices: Devices): string | undefined {
  const real = devices.toReal(name);
  return devices.isDevice(real) ? real : undefined;
}

/** Puts API names in place of real device names, where the action says that its result holds such. */
export function translateResult(action: AnyAction, result: unknown, devices: Devices): unknown {
  const { ret } = action;
  if (!("upstream" in ret)) return result;
  const { type, of = "" } = ret.upstream;
  switch (type) {
    case "RString":
      return isDeviceFlavour(of) ? translate(result, devices) : result;
    case "RStringList":
      return isDeviceFlavour(of) ? mapArray(result, (item) => translate(item, devices)) : result;
    case "RHashtable":
      return translateTable(result, of.split(","), devices);
    case "RStruct":
      return translateStruct(of, result, devices);
    case "RStructList":
      return mapArray(result, (item) => translateStruct(of, item, devices));
    default:
      return result;
  }
}

const isDeviceFlavour = (of: string): boolean => of === "RDevice" || of === "RMountable";

const translate = (value: unknown, devices: Devices): unknown =>
  typeof value === "string" ? devices.toApi(value) : value;

const mapArray = (value: unknown, change: (item: unknown) => unknown): unknown =>
  Array.isArray(value) ? value.map(change) : value;

function translateTable(table: unknown, flavours: readonly string[], devices: Devices): unknown {
  return mapArray(table, (pair) =>
    Array.isArray(pair)
      ? pair.map((item, index) => (isDeviceFlavour(flavours[index] ?? "") ? translate(item, devices) : item))
      : pair,
  );
}

function translateStruct(name: string, value: unknown, devices: Devices): unknown {
  if (!isStructName(name) || typeof value !== "object" || value === null) return value;
  const translated = Object.entries(structs[name].members)
    .filter(([, field]) => field.upstream.type === "FDevice")
    .map(([member]) => [member, translate(Reflect.get(value, member), devices)]);
  return translated.length === 0 ? value : { ...value, ...Object.fromEntries(translated) };
}

const isStructName = (name: string): name is StructName => Object.hasOwn(structs, name);
