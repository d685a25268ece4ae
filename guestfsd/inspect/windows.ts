/**
 * A mounted Windows: where its system folder is, and what its registry says of it (guestfs(3), the inspect_get_windows
 * actions). Which device a drive letter is, drive-letters.ts finds out.
 */
import type { Commands } from "../context.ts";
import { ActionError } from "../errors.ts";
import { fileArchitecture } from "./architecture.ts";
import type { GuestFiles } from "./guest-files.ts";
import { withHive, type RegistryKey, type RegistryValue } from "./registry.ts";
import { versionOf } from "./release.ts";
import type { System, WindowsFacts } from "./system.ts";

/** Folders that Windows was installed in before setup asked no more. */
const SYSTEM_FOLDERS: readonly string[] = ["/windows", "/winnt", "/win32", "/win"];
const INSIDE: readonly string[] = ["system32", "system32/config", "system32/cmd.exe"];

/** Path of the system folder as the guest spells it; undefined where there is none. */
export function findSystemroot(files: GuestFiles): string | undefined {
  return [...SYSTEM_FOLDERS, ...bootIniFolders(files)]
    .map((folder) => files.caseless(folder))
    .find((folder) => folder !== undefined && isSystemroot(files, folder));
}

export function describeWindows(files: GuestFiles, command: Commands): System {
  const systemroot = findSystemroot(files) ?? "/";
  const softwareHive = hiveAt(files, systemroot, "software");
  const systemHive = hiveAt(files, systemroot, "system");
  const software = softwareHive === undefined ? undefined : withHive(files, softwareHive, softwareFacts);
  const system = systemHive === undefined ? undefined : withHive(files, systemHive, systemFacts);
  const arch = architecture(files, command, `${systemroot}/system32/cmd.exe`);
  const { hasGroupPolicy = false, ...named } = software ?? {};
  const { hostname, controlSet, mountedDevices = [] } = system ?? {};
  return {
    type: "windows",
    distro: "windows",
    ...named,
    ...(arch === undefined ? {} : { arch }),
    ...(hostname === undefined ? {} : { hostname }),
    windows: {
      systemroot,
      hasGroupPolicy,
      mountedDevices,
      ...(softwareHive === undefined ? {} : { softwareHive }),
      ...(systemHive === undefined ? {} : { systemHive }),
      ...(controlSet === undefined ? {} : { controlSet }),
    },
  };
}

function isSystemroot(files: GuestFiles, folder: string): boolean {
  return INSIDE.every((path) => files.caseless(`${folder}/${path}`) !== undefined);
}

/** `multi(0)disk(0)rdisk(0)partition(1)\WINNT="..." ...`, which only Windows before Vista has. */
function bootIniFolders(files: GuestFiles): readonly string[] {
  const path = files.caseless("/boot.ini");
  if (path === undefined) return [];
  return files.lines(path).flatMap((line) => {
    const folder = /^\s*(?:multi|scsi)\(\d+\)\S*partition\(\d+\)\\([^=\\]+)=/i.exec(line)?.[1];
    return folder === undefined ? [] : [`/${folder}`];
  });
}

function hiveAt(files: GuestFiles, systemroot: string, name: string): string | undefined {
  const path = files.caseless(`${systemroot}/system32/config/${name}`);
  return path !== undefined && files.isFile(path) ? path : undefined;
}

type SoftwareFacts = Pick<System, "productName" | "productVariant" | "version" | "buildId"> & {
  readonly hasGroupPolicy: boolean;
};

function softwareFacts(root: RegistryKey): SoftwareFacts {
  const current = root.key("Microsoft", "Windows NT", "CurrentVersion");
  const productName = current?.text("ProductName");
  const productVariant = current?.text("InstallationType");
  const buildId = current?.text("CurrentBuildNumber");
  // Since Windows 10 the text stays at 6.3, and these numbers tell.
  const [major, minor] = [current?.number("CurrentMajorVersionNumber"), current?.number("CurrentMinorVersionNumber")];
  const version = major === undefined ? versionOf(current?.text("CurrentVersion") ?? "") : { major, minor: minor ?? 0 };
  const history = root.key("Microsoft", "Windows", "CurrentVersion", "Group Policy", "History");
  return {
    ...(productName === undefined ? {} : { productName }),
    ...(productVariant === undefined ? {} : { productVariant }),
    ...(buildId === undefined ? {} : { buildId }),
    ...(version === undefined ? {} : { version }),
    hasGroupPolicy: (history?.childCount ?? 0) > 0,
  };
}

interface SystemFacts extends Partial<Pick<WindowsFacts, "controlSet">> {
  readonly hostname?: string;
  readonly mountedDevices: readonly RegistryValue[];
}

function systemFacts(root: RegistryKey): SystemFacts {
  const current = root.key("Select")?.number("Current");
  const controlSet = current === undefined ? undefined : `ControlSet${String(current).padStart(3, "0")}`;
  const hostname =
    controlSet === undefined ? undefined : root.key(controlSet, "Services", "Tcpip", "Parameters")?.text("Hostname");
  return {
    ...(controlSet === undefined ? {} : { controlSet }),
    ...(hostname === undefined ? {} : { hostname }),
    mountedDevices: root.key("MountedDevices")?.values() ?? [],
  };
}

function architecture(files: GuestFiles, command: Commands, program: string): string | undefined {
  const path = files.caseless(program);
  if (path === undefined) return undefined;
  try {
    return fileArchitecture(path, { sysroot: files.sysroot, command });
  } catch (error) {
    if (error instanceof ActionError) return undefined;
    throw error;
  }
}
