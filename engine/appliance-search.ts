/**
 * Finds the appliance: in the directories of GILD_PATH, in libguestfs's formats, else gild's own in the cache (named by
 * dist/appliance/key.json). Builds none. Of libguestfs's three formats supermin is not supported: a fixed appliance is
 * made from one with libguestfs-make-fixed-appliance(1).
 */
import { closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs";
import { join, resolve } from "node:path";

import { LaunchError } from "./errors.ts";

export interface Appliance {
  readonly directory: string;
  readonly kernel: string;
  readonly initrd: string;
  /** Root disk, raw, with an ext filesystem; an old-style appliance has none. */
  readonly root?: { readonly file: string; readonly uuid: string };
  /** gild's own, found by its key: its kernel and init are known. */
  readonly own?: true;
}

export interface ApplianceSearch {
  /** GILD_PATH. */
  readonly path: string | undefined;
  readonly cachedir: string;
  /** Folder with appliance/key.json. */
  readonly distdir: string;
}

/** @throws LaunchError appliance-missing, appliance-invalid */
export function findAppliance(search: ApplianceSearch): Appliance {
  if (search.path === undefined) return ownAppliance(search);
  let supermin: string | undefined;
  for (const element of search.path.split(":")) {
    const directory = resolve(element === "" ? "." : element);
    const found = fixed(directory) ?? oldStyle(directory);
    if (found !== undefined) return found;
    if (existsSync(join(directory, "supermin.d"))) supermin ??= directory;
  }
  const hint =
    supermin === undefined
      ? ""
      : ` (${supermin} holds a supermin appliance, which gild does not build: libguestfs-make-fixed-appliance DIR makes a fixed one)`;
  throw new LaunchError(
    "appliance-missing",
    `appliance: GILD_PATH: ${search.path}: no fixed or old-style appliance${hint}`,
  );
}

/** Where gild's own appliance is, or would be. @throws LaunchError appliance-missing when it cannot be known */
export function ownApplianceDirectory({ cachedir, distdir }: Omit<ApplianceSearch, "path">): string {
  const file = join(distdir, "appliance", "key.json");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new LaunchError("appliance-missing", `appliance: ${file}: not there (in a checkout: npm run build)`, {
      cause,
    });
  }
  const value: unknown = JSON.parse(text);
  const key = typeof value === "object" && value !== null && "key" in value ? value.key : undefined;
  if (typeof key !== "string" || !/^[0-9a-f]{16,64}$/.test(key)) {
    throw new LaunchError("appliance-invalid", `appliance: ${file}: no key in it`);
  }
  return join(cachedir, "appliance", key);
}

function ownAppliance(search: ApplianceSearch): Appliance {
  const directory = ownApplianceDirectory(search);
  const found = fixed(directory);
  if (found === undefined) {
    throw new LaunchError("appliance-missing", `appliance: ${directory}: not built yet (run: gild appliance build)`);
  }
  return { ...found, own: true };
}

function fixed(directory: string): Appliance | undefined {
  const [readme, kernel, initrd, file] = ["README.fixed", "kernel", "initrd", "root"].map((name) =>
    join(directory, name),
  );
  if (readme === undefined || kernel === undefined || initrd === undefined || file === undefined) return undefined;
  if (![readme, kernel, initrd, file].every((name) => existsSync(name))) return undefined;
  return { directory, kernel, initrd, root: { file, uuid: extUuid(file) } };
}

function oldStyle(directory: string): Appliance | undefined {
  const kernel = join(directory, "vmlinuz.x86_64");
  const initrd = join(directory, "initramfs.x86_64.img");
  return existsSync(kernel) && existsSync(initrd) ? { directory, kernel, initrd } : undefined;
}

/** UUID in the superblock of an ext2/3/4 filesystem: magic 53 EF at 0x438, UUID at 0x468. */
function extUuid(file: string): string {
  const superblock = Buffer.alloc(0x40);
  let size = 0;
  try {
    const fd = openSync(file, "r");
    try {
      size = readSync(fd, superblock, 0, superblock.length, 0x438);
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    throw new LaunchError("appliance-invalid", `appliance: ${file}: cannot be read`, { cause });
  }
  if (size < superblock.length || superblock.readUInt16LE(0) !== 0xef53) {
    throw new LaunchError("appliance-invalid", `appliance: ${file}: not an ext2, ext3 or ext4 filesystem`);
  }
  const hex = superblock.toString("hex", 0x30, 0x40);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
