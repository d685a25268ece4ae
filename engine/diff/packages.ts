/** Installed packages that came, went or have another version, from the databases that are among the changed files. Pure. */
import { textFromBytes, type PackageChange } from "../../schemas/index.ts";
import type { Application } from "../library/applications.ts";
import { joinVersion, parseApk, parseDpkg } from "../library/package-files.ts";

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

const databases: Readonly<Record<string, Database>> = {
  "/var/lib/dpkg/status": dpkg,
  "/lib/apk/db/installed": apk,
  "/usr/lib/apk/db/installed": apk,
};

/** Whether a file of the guest is a list of packages that can be compared. */
export function isPackageDatabase(path: string): boolean {
  return Object.hasOwn(databases, path);
}

/** A package that may be installed in several versions at once (kernels) has another name for each. */
export function comparePackages(versions: readonly DatabaseVersions[]): PackageChange[] {
  const changes = versions.flatMap(({ path, before, after }) => {
    const database = databases[path];
    if (database === undefined) return [];
    const [was, now] = [packagesIn(database, before), packagesIn(database, after)];
    return [...new Set([...was.keys(), ...now.keys()])].flatMap((key) => changeOf(was.get(key), now.get(key)));
  });
  return changes.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

interface Installed {
  readonly name: string;
  readonly arch: string;
  readonly version: string;
}

const keyOf = ({ name, arch }: Pick<Installed, "name" | "arch">): string => `${name}\0${arch}`;

function packagesIn({ parse, versionOf }: Database, bytes: Uint8Array): Map<string, Installed> {
  const packages = parse(textFromBytes(bytes)).map((one) => ({
    name: one.app2_name,
    arch: one.app2_arch,
    version: versionOf(one),
  }));
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
