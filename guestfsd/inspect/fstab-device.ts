/**
 * From names in a guest's fstab to the devices of the appliance that they mean. Mounts and changes nothing.
 */
import { allDevices, type HeldDevice } from "../all-devices.ts";
import { logicalVolumeName, mappedDevices, mdArrays, type MappedDevice } from "../block-sysfs.ts";
import type { Commands, Devices } from "../context.ts";
import type { DeviceProbes } from "../device-probes.ts";
import { ActionError } from "../errors.ts";
import { fstabName, type FstabName } from "./fstab-name.ts";
import type { GuestFiles } from "./guest-files.ts";
import type { SystemType } from "./system.ts";

interface Around {
  readonly command: Commands;
  readonly devices: Devices;
  readonly probes: DeviceProbes;
}

const MDADM_FILES: readonly string[] = ["/etc/mdadm/mdadm.conf", "/etc/mdadm.conf"];

export class FstabDevices {
  readonly #around: Around;
  #all: readonly HeldDevice[] | undefined;
  #arrays: readonly (readonly [device: string, values: ReadonlyMap<string, string>])[] | undefined;

  constructor(around: Around) {
    this.#around = around;
  }

  /**
   * Real name of the device that a name means.
   *
   * @param files the guest whose fstab has the name, mounted
   * @returns undefined when it is none of the attached disks'
   */
  find(spec: string, system: SystemType, files: GuestFiles): string | undefined {
    const name = fstabName(spec, system);
    const device = name === undefined ? undefined : this.#device(name, files);
    return device !== undefined && this.#around.devices.isDevice(device) ? device : undefined;
  }

  #device(name: FstabName, files: GuestFiles): string | undefined {
    const { devices } = this.#around;
    switch (name.kind) {
      case "tag":
        return this.#tagged(name.tag, name.value);
      case "lettered":
        return devices.toReal(name.name);
      case "place":
        return partitionOf(devices, devices.list()[name.disk], name.partition);
      case "partition":
        return devices
          .list()
          .map((disk) => partitionOf(devices, disk, name.partition))
          .find((device) => device !== undefined && devices.isDevice(device));
      case "md":
        return this.#array(name.name, files);
      case "mapper":
        return mapped(name.name, files);
      case "path":
        return mappedDevices()
          .map(logicalVolumeName)
          .find((volume) => volume === name.path);
    }
  }

  #tagged(tag: string, value: string): string | undefined {
    const { devices, probes } = this.#around;
    this.#all ??= allDevices(devices);
    const same = tag.endsWith("UUID")
      ? (found?: string) => found?.toLowerCase() === value.toLowerCase()
      : (found?: string) => found === value;
    return this.#all.find(({ device }) => same(probes.of(device).get(tag)))?.device;
  }

  /** The guest's mdadm.conf says which array has the number; else the array knows its name itself. */
  #array(name: string, files: GuestFiles): string | undefined {
    this.#arrays ??= mdArrays().map((device) => [device, this.#arrayValues(device)] as const);
    const uuid = arrayUuids(files).get(name);
    const byUuid = this.#arrays.find(([, values]) => uuid !== undefined && values.get("MD_UUID") === uuid);
    const byName = this.#arrays.find(([, values]) => values.get("MD_NAME")?.replace(/^.*:/, "") === name);
    return (byUuid ?? byName)?.[0];
  }

  #arrayValues(device: string): ReadonlyMap<string, string> {
    try {
      const lines = this.#around.command.check(["mdadm", "--detail", "--export", device]).split("\n");
      return new Map(lines.map((line) => [line.replace(/=.*$/, ""), line.replace(/^[^=]*=/, "")]));
    } catch (error) {
      if (error instanceof ActionError) return new Map();
      throw error;
    }
  }
}

/** `ARRAY /dev/md0 ... UUID=a:b:c:d`: UUIDs by what stands behind /dev/md or /dev/md/. */
function arrayUuids(files: GuestFiles): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of MDADM_FILES.flatMap((path) => files.lines(path))) {
    const [, name] = /^ARRAY\s+\/dev\/md\/?(\S+)/i.exec(line) ?? [];
    const [, uuid] = /\sUUID=([0-9a-f:]+)/i.exec(line) ?? [];
    if (name !== undefined && uuid !== undefined) found.set(name, uuid);
  }
  return found;
}

/** A logical volume, or an encrypted device that has been opened under whatever name. */
function mapped(name: string, files: GuestFiles): string | undefined {
  const all = mappedDevices();
  const uuid = encryptedUuid(name, files);
  const found =
    all.find((device) => device.name === name) ??
    all.find((device) => uuid !== undefined && device.uuid.startsWith("CRYPT-") && device.uuid.includes(uuid));
  return found === undefined ? undefined : deviceName(found);
}

/** By the name itself, or by /etc/crypttab; as device mapper has it, without hyphens. */
function encryptedUuid(name: string, files: GuestFiles): string | undefined {
  const own = /^luks-([0-9a-f-]{36})$/i.exec(name)?.[1];
  const listed = files
    .lines("/etc/crypttab")
    .map((line) => line.trim().split(/\s+/))
    .find(([target]) => target === name)?.[1];
  const uuid = own ?? /^UUID="?([0-9a-f-]{36})"?$/i.exec(listed ?? "")?.[1];
  return uuid?.replaceAll("-", "").toLowerCase();
}

const deviceName = (device: MappedDevice): string => logicalVolumeName(device) ?? `/dev/mapper/${device.name}`;

function partitionOf(devices: Devices, disk: string | undefined, partition: number): string | undefined {
  return disk === undefined ? undefined : devices.toReal(`${disk}${partition === 0 ? "" : partition}`);
}
