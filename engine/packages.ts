/** Installed packages of a guest, from dpkg's status file. Other package managers are not read yet. */
import type { Guestfs } from "../schemas/index.ts";
import { readSmallText } from "./guest-read.ts";

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly arch: string;
}

/** A full desktop's status file has about 5 MB. */
const STATUS_MAX = 64 << 20;

/** @returns undefined where there is no database that is known */
export async function readPackages(g: Guestfs): Promise<InstalledPackage[] | undefined> {
  const status = await readSmallText(g, "/var/lib/dpkg/status", STATUS_MAX);
  return status === undefined ? undefined : parseDpkgStatus(status);
}

/** Packages whose files are there (`Status: ... installed`), in the order of the file. */
export function parseDpkgStatus(text: string): InstalledPackage[] {
  const packages: InstalledPackage[] = [];
  for (const paragraph of text.split(/\n\n+/u)) {
    const fields = new Map<string, string>();
    for (const line of paragraph.split("\n")) {
      const match = /^([A-Za-z-]+): (.*)$/u.exec(line);
      if (match?.[1] !== undefined && match[2] !== undefined) fields.set(match[1], match[2]);
    }
    const name = fields.get("Package");
    if (name === undefined || fields.get("Status")?.split(" ")[2] !== "installed") continue;
    packages.push({ name, version: fields.get("Version") ?? "", arch: fields.get("Architecture") ?? "" });
  }
  return packages;
}
