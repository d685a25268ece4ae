/** Where rpm keeps its database, and what its files are called: the daemon reads them, the engine knows them among changed files. */

export interface RpmDatabaseKind {
  /** As rpm calls it; undefined for one that Debian's rpm is built without. */
  readonly backend?: string;
  readonly file: string;
  /** What follows the name for a file that belongs to it. */
  readonly journal?: string;
}

/** In the order in which rpm looks for them. */
export const RPM_DATABASE_KINDS: readonly RpmDatabaseKind[] = [
  { backend: "sqlite", file: "rpmdb.sqlite", journal: "-wal" },
  { file: "Packages.db" },
  { backend: "bdb_ro", file: "Packages" },
];

/** A system that has moved its database has both; the first is where it was moved to. */
export const RPM_DATABASE_FOLDERS: readonly string[] = ["/usr/lib/sysimage/rpm", "/var/lib/rpm"];
