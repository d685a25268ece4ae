/**
 * inspect_list_applications2: the packages that a mounted guest has installed, from its package manager's own files. The
 * guest's files are parsed here, with limits, but for rpm's, which the appliance's rpm reads; what cannot be read of a package is empty.
 */
import { structs, type CallOptions, type Guestfs, type StructOf } from "../../schemas/index.ts";
import { GuestfsError } from "../errors.ts";
import { readSmallText } from "../guest-read.ts";
import { parseApk, parseDpkg, parsePacman } from "./package-files.ts";
import { windowsApplications } from "./windows-applications.ts";

export type Application = StructOf<"application2">;

export interface ApplicationFunctions {
  /**
   * Packages that are installed, sorted by name: dpkg, rpm, pacman, apk, and Windows programs. The guest must be mounted, and
   * inspect_os() must have been called before. Empty for a package manager that is not known.
   */
  inspect_list_applications2(args: { readonly root: string }, options?: CallOptions): Promise<Application[]>;
}

/** A full desktop's status file has about 5 MB. */
const DATABASE_MAX = 64 << 20;
const PACMAN = "/var/lib/pacman/local";
/** More packages than any honest guest has. */
const PACKAGES_MAX = 50_000;

export function applicationFunctions(g: Guestfs): ApplicationFunctions {
  return {
    async inspect_list_applications2({ root }, options) {
      return (await listApplications(g, root, options)) ?? [];
    },
  };
}

/** @returns undefined where there is no database that is known */
export async function listApplications(
  g: Guestfs,
  root: string,
  options?: CallOptions,
): Promise<Application[] | undefined> {
  const found = await readDatabase(g, root, options);
  return found?.toSorted((a, b) => Buffer.compare(Buffer.from(a.app2_name), Buffer.from(b.app2_name)));
}

/** A package with what is known of it. */
export function application(known: Partial<Application>): Application {
  return { ...structs.application2.filler, ...known };
}

async function readDatabase(g: Guestfs, root: string, options?: CallOptions): Promise<Application[] | undefined> {
  if ((await g.inspect_get_type({ root }, options)) === "windows") return await windowsApplications(g, root, options);
  switch (await g.inspect_get_package_format({ root }, options)) {
    case "deb":
      return parsed(await readSmallText(g, "/var/lib/dpkg/status", DATABASE_MAX), parseDpkg);
    case "apk":
      return parsed(await readSmallText(g, "/lib/apk/db/installed", DATABASE_MAX), parseApk);
    case "pacman":
      return await pacmanApplications(g, options);
    case "rpm":
      return [...(await g.internal_list_rpm_applications({}, options))];
    default:
      return undefined;
  }
}

function parsed(text: string | undefined, parse: (text: string) => Application[]): Application[] | undefined {
  return text === undefined ? undefined : parse(text);
}

/** One folder with a file `desc` for each package. */
async function pacmanApplications(g: Guestfs, options?: CallOptions): Promise<Application[] | undefined> {
  const folders = await foldersIn(g, PACMAN, options);
  if (folders === undefined) return undefined;
  const found: Application[] = [];
  for (const folder of folders.slice(0, PACKAGES_MAX)) {
    const text = await readSmallText(g, `${PACMAN}/${folder}/desc`);
    if (text !== undefined) found.push(...parsePacman(text));
  }
  return found;
}

async function foldersIn(g: Guestfs, directory: string, options?: CallOptions): Promise<string[] | undefined> {
  const pieces: Uint8Array[] = [];
  try {
    await g.ls0({ dir: directory, filenames: (bytes) => void pieces.push(bytes) }, options);
  } catch (error) {
    if (error instanceof GuestfsError) return undefined;
    throw error;
  }
  return Buffer.concat(pieces)
    .toString("utf8")
    .split("\0")
    .filter((name) => name !== "");
}
