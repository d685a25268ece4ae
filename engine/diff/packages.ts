/** Installed packages that came, went or have another version, from the databases that are among the changed files. Pure. */
import { RPM_DATABASE_FOLDERS, RPM_DATABASE_KINDS, textFromBytes, type PackageChange } from "../../schemas/index.ts";
import type { Application } from "../library/applications.ts";
import { joinVersion, parseApk, parseDpkg, parsePacman } from "../library/package-files.ts";

export interface InstalledPackage {
  readonly name: string;
  readonly arch: string;
  readonly version: string;
}

interface Database {
  readonly parse: (text: string) => Application[];
  /** A line that each package has, installed or not. */
  readonly mark: RegExp;
  /** As the package manager writes it. */
  readonly versionOf: (application: Application) => string;
}

const dpkg: Database = { parse: parseDpkg, mark: /^Package:/mu, versionOf: joinVersion };
const apk: Database = {
  parse: parseApk,
  mark: /^P:/mu,
  versionOf: ({ app2_version, app2_release }) =>
    app2_release === "" ? app2_version : `${app2_version}-r${app2_release}`,
};

const pacman: Database = { parse: parsePacman, mark: /^%NAME%$/mu, versionOf: joinVersion };

const databases: readonly (readonly [path: RegExp, database: Database])[] = [
  [/^\/var\/lib\/dpkg\/status$/u, dpkg],
  [/^(?:\/usr)?\/lib\/apk\/db\/installed$/u, apk],
  // A folder for each version of a package.
  [/^\/var\/lib\/pacman\/local\/[^/]+\/desc$/u, pacman],
];

const databaseOf = (path: string): Database | undefined => databases.find(([pattern]) => pattern.test(path))?.[1];

/** Path of each file of a database of rpm -> that of its main file. */
const rpmFiles: ReadonlyMap<string, string> = new Map(
  RPM_DATABASE_FOLDERS.flatMap((folder) =>
    RPM_DATABASE_KINDS.flatMap(({ file, journal }) => {
      const main = `${folder}/${file}`;
      return [main, ...(journal === undefined ? [] : [main + journal])].map((path) => [path, main] as const);
    }),
  ),
);

/** Whether a file of the guest is a list of packages that installedIn() understands. */
export function isPackageDatabase(path: string): boolean {
  return databaseOf(path) !== undefined;
}

/** The rpm database that a file of the guest is part of, by the path of its main file. */
export function rpmDatabaseOf(path: string): string | undefined {
  return rpmFiles.get(path);
}

/** Packages in one list; undefined where the content is none. */
export function installedIn(path: string, content: Uint8Array): InstalledPackage[] | undefined {
  const database = databaseOf(path);
  if (database === undefined) return undefined;
  const text = textFromBytes(content);
  if (text.trim() !== "" && !database.mark.test(text)) return undefined;
  return database.parse(text).map((one) => installed(one, database.versionOf));
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
