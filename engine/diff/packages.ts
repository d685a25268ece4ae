/** Installed packages that came, went or have another version, from the databases that are among the changed files. Pure. */
import { textFromBytes, type PackageChange } from "../../schemas/index.ts";
import type { Application } from "../library/applications.ts";
import { joinVersion, parseApk, parseDpkg, parsePacman } from "../library/package-files.ts";

export interface InstalledPackage {
  readonly name: string;
  readonly arch: string;
  readonly version: string;
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

/** A file of rpm's database, without what follows its name for SQLite's journal. */
const RPM = /^(\/(?:usr\/lib\/sysimage|var\/lib)\/rpm\/(?:rpmdb\.sqlite|Packages(?:\.db)?))(?:-wal)?$/u;

/** Whether a file of the guest is a list of packages that installedIn() understands. */
export function isPackageDatabase(path: string): boolean {
  return databaseOf(path) !== undefined;
}

/** The rpm database that a file of the guest is part of, by the path of its main file. */
export function rpmDatabaseOf(path: string): string | undefined {
  return RPM.exec(path)?.[1];
}

/** Packages in one list; none in a file that is no list. */
export function installedIn(path: string, content: Uint8Array): InstalledPackage[] {
  const database = databaseOf(path);
  if (database === undefined) return [];
  return database.parse(textFromBytes(content)).map((one) => installed(one, database.versionOf));
}

/** A package as rpm writes it. */
export function installedRpm(application: Application): InstalledPackage {
  return installed(application, joinVersion);
}

function installed(one: Application, versionOf: Database["versionOf"]): InstalledPackage {
  return { name: one.app2_name, arch: one.app2_arch, version: versionOf(one) };
}

/** A package that is there in several versions at once (rpm's kernels) comes and goes by version. */
export function comparePackages(
  before: readonly InstalledPackage[],
  after: readonly InstalledPackage[],
): PackageChange[] {
  const [was, now] = [byName(before), byName(after)];
  const changes = [...new Set([...was.keys(), ...now.keys()])].flatMap((key) =>
    changesOf(was.get(key) ?? [], now.get(key) ?? []),
  );
  return changes.sort((a, b) => Buffer.compare(Buffer.from(keyOf(a)), Buffer.from(keyOf(b))));
}

const keyOf = ({ name, arch }: Pick<InstalledPackage, "name" | "arch">): string => `${name}\0${arch}`;

function byName(packages: readonly InstalledPackage[]): Map<string, InstalledPackage[]> {
  const found = new Map<string, InstalledPackage[]>();
  for (const one of packages) found.set(keyOf(one), [...(found.get(keyOf(one)) ?? []), one]);
  return found;
}

/** @param was versions of one package, as are `now` */
function changesOf(was: readonly InstalledPackage[], now: readonly InstalledPackage[]): PackageChange[] {
  const gone = was.filter(({ version }) => !now.some((one) => one.version === version));
  const come = now.filter(({ version }) => !was.some((one) => one.version === version));
  const [old, next] = [gone[0], come[0]];
  if (old !== undefined && next !== undefined && was.length === 1 && now.length === 1) {
    return [{ name: next.name, arch: next.arch, before: old.version, after: next.version }];
  }
  return [
    ...gone.map(({ name, arch, version }) => ({ name, arch, before: version })),
    ...come.map(({ name, arch, version }) => ({ name, arch, after: version })),
  ];
}
