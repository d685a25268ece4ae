/** Installed packages that came, went or have another version, from the databases that are among the changed files. Pure. */
import { textFromBytes, type PackageChange } from "../../schemas/index.ts";
import type { Application } from "../library/applications.ts";
import { joinVersion, parseApk, parseDpkg, parsePacman } from "../library/package-files.ts";

/** The database before and after, as bytes; empty where it was not there. */
export interface DatabaseVersions {
  readonly path: string;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

interface Database {
  readonly parse: (text: string) => Application[];
  /** As the package manager writes it. */
  readonly versionOf: (application: Application) => string;
}

const dpkg: Database = { parse: parseDpkg, versionOf: joinVersion };
const apk: Database = {
  parse: parseApk,
  versionOf: ({ app2_version, app2_release }) =>
    app2_release === "" ? app2_version : `${app2_version}-r${app2_release}`,
};

const pacman: Database = { parse: parsePacman, versionOf: joinVersion };

const databases: readonly (readonly [path: RegExp, database: Database])[] = [
  [/^\/var\/lib\/dpkg\/status$/u, dpkg],
  [/^(?:\/usr)?\/lib\/apk\/db\/installed$/u, apk],
  // A folder for each version of a package.
  [/^\/var\/lib\/pacman\/local\/[^/]+\/desc$/u, pacman],
];

const databaseOf = (path: string): Database | undefined => databases.find(([pattern]) => pattern.test(path))?.[1];

/** Whether a file of the guest is a list of packages that can be compared. */
export function isPackageDatabase(path: string): boolean {
  return databaseOf(path) !== undefined;
}

/** A package that may be installed in several versions at once (kernels) has another name for each. */
export function comparePackages(versions: readonly DatabaseVersions[]): PackageChange[] {
  const was = packagesIn(versions.map(({ path, before }) => [path, before]));
  const now = packagesIn(versions.map(({ path, after }) => [path, after]));
  const changes = [...new Set([...was.keys(), ...now.keys()])].flatMap((key) => changeOf(was.get(key), now.get(key)));
  return changes.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

interface Installed {
  readonly name: string;
  readonly arch: string;
  readonly version: string;
}

const keyOf = ({ name, arch }: Pick<Installed, "name" | "arch">): string => `${name}\0${arch}`;

/** @param files databases by path */
function packagesIn(files: readonly (readonly [path: string, content: Uint8Array])[]): Map<string, Installed> {
  const packages = files.flatMap(([path, content]) => {
    const database = databaseOf(path);
    const applications = database?.parse(textFromBytes(content)) ?? [];
    return applications.map((one) => ({
      name: one.app2_name,
      arch: one.app2_arch,
      version: database?.versionOf(one) ?? "",
    }));
  });
  return new Map(packages.map((one) => [keyOf(one), one]));
}

function changeOf(was: Installed | undefined, now: Installed | undefined): PackageChange[] {
  const one = now ?? was;
  if (one === undefined || was?.version === now?.version) return [];
  const { name, arch } = one;
  const before = was === undefined ? {} : { before: was.version };
  const after = now === undefined ? {} : { after: now.version };
  return [{ name, arch, ...before, ...after }];
}
