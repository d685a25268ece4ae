/**
 * Which packages came or went, by the databases of package managers that are among the changed files: what is read of each side,
 * and what cannot be. Where one side of a database cannot be read, nothing is known of its packages, and that is said.
 */
import {
  GILD_CONTENT_MAX,
  type FileChange,
  type FileState,
  type PackageChange,
  type UnreadPackages,
} from "../../schemas/index.ts";
import {
  comparePackages,
  installedIn,
  installedRpm,
  isPackageDatabase,
  rpmDatabaseOf,
  type InstalledPackage,
} from "./packages.ts";
import type { Side } from "./side.ts";

export interface PackagesResult {
  /** Undefined where no package database has changed that can be read. */
  readonly packages?: readonly PackageChange[];
  /** By path; undefined where there is none. */
  readonly packagesUnread?: readonly UnreadPackages[];
}

/** Packages, or the reason why they are not known. */
type Found = readonly InstalledPackage[] | string;
/** By the path of a database. */
type Databases = ReadonlyMap<string, Found>;
/** Of the changed files that are there on one side. */
type States = ReadonlyMap<string, FileState>;

export async function comparePackageDatabases(
  before: Side,
  after: Side,
  files: readonly FileChange[],
): Promise<PackagesResult> {
  const changed = files.filter(
    ({ change, what }) => change !== "changed" || what.includes("content") || what.includes("type"),
  );
  const paths = [...new Set(changed.flatMap(({ path, from }) => (from === undefined ? [path] : [from, path])))];
  const lists = paths.filter(isPackageDatabase);
  const rpm = [...new Set(paths.flatMap((path) => rpmDatabaseOf(path) ?? []))];
  const was = statesOf(changed.map(({ path, from, before: state }) => [from ?? path, state]));
  const now = statesOf(changed.map(({ path, after: state }) => [path, state]));
  const read = async (side: Side, states: States): Promise<Databases> =>
    new Map([...(await readLists(side, lists, states)), ...(await readRpm(side, rpm))]);
  return compared(await Promise.all([read(before, was), read(after, now)]));
}

function statesOf(pairs: readonly (readonly [path: string, state: FileState | undefined])[]): States {
  return new Map(pairs.flatMap(([path, state]) => (state === undefined ? [] : [[path, state] as const])));
}

function compared([was, now]: readonly [was: Databases, now: Databases]): PackagesResult {
  const packagesUnread = [...unreadIn("before", was), ...unreadIn("after", now)].sort((a, b) =>
    Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)),
  );
  // rpm's database may be of another kind now: one of its files alone tells nothing.
  const unknown = new Set(packagesUnread.map(({ path }) => managerOf(path)));
  const known = [...was.keys()].filter((path) => !unknown.has(managerOf(path)));
  return {
    ...(known.length === 0 ? {} : { packages: comparePackages(packagesOf(was, known), packagesOf(now, known)) }),
    ...(packagesUnread.length === 0 ? {} : { packagesUnread }),
  };
}

const managerOf = (path: string): string => (rpmDatabaseOf(path) === undefined ? path : "rpm");

function unreadIn(side: UnreadPackages["side"], databases: Databases): UnreadPackages[] {
  return [...databases].flatMap(([path, found]) => (typeof found === "string" ? { path, side, reason: found } : []));
}

function packagesOf(databases: Databases, known: readonly string[]): InstalledPackage[] {
  return known.flatMap((path) => {
    const found = databases.get(path);
    return found === undefined || typeof found === "string" ? [] : [...found];
  });
}

async function readLists(side: Side, lists: readonly string[], states: States): Promise<Map<string, Found>> {
  const readable = lists.filter((path) => isReadable(states.get(path)));
  const contents =
    readable.length === 0 ? new Map<string, Uint8Array>() : await side.contents(readable, GILD_CONTENT_MAX);
  const packagesIn = (path: string): Found => {
    const [state, content] = [states.get(path), contents.get(path)];
    if (state === undefined) return [];
    if (state.type !== "file") return `it is no file but a ${state.type}`;
    if (content === undefined) return `it is larger than ${GILD_CONTENT_MAX} bytes`;
    return installedIn(path, content) ?? "it is no list of packages";
  };
  return new Map(lists.map((path) => [path, packagesIn(path)]));
}

function isReadable(state: FileState | undefined): boolean {
  return state?.type === "file" && (state.size ?? 0) <= GILD_CONTENT_MAX;
}

async function readRpm(side: Side, databases: readonly string[]): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  for (const path of databases) {
    const packages =
      (await side.rpmPackages?.(path)) ?? "this appliance does not read databases of rpm from their file";
    found.set(path, typeof packages === "string" ? packages : packages.map(installedRpm));
  }
  return found;
}
