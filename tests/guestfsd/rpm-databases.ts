/** Real rpm packages and databases, made with Debian's rpm tools in folders of their own. Gild takes no part in it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface RpmPackage {
  readonly name: string;
  readonly version: string;
  readonly release: string;
  readonly epoch?: number;
  readonly arch?: "noarch";
  readonly url?: string;
  readonly summary?: string;
  readonly description?: string;
}

/** Debian's own archive key, which every Debian 12 has: rpm keeps it as a package gpg-pubkey. */
export const PUBLIC_KEY = "/etc/apt/trusted.gpg.d/debian-archive-bookworm-stable.asc";

/** Magic number, version and reserved bytes, numbers of entries and of bytes: all but the first 8 are in a database. */
const HEADER_MAGIC = 8;
const HEADER_LENGTHS = 8;
const ENTRY_SIZE = 16;

function run(program: string, args: readonly string[], input?: string): Buffer {
  return execFileSync(program, args, { input: input ?? "", stdio: ["pipe", "pipe", "ignore"], maxBuffer: 64 << 20 });
}

/** Builds empty packages in a folder that is not there yet. @returns their files */
export function buildRpms(folder: string, packages: readonly RpmPackage[]): string[] {
  return packages.map((one, number) => {
    const own = join(folder, String(number));
    mkdirSync(own, { recursive: true });
    const spec = join(own, "package.spec");
    writeFileSync(spec, specOf(one));
    run("rpmbuild", ["-bb", "--define", `_topdir ${own}`, "--define", `_rpmdir ${own}`, spec]);
    const made = readdirSync(own, { recursive: true, encoding: "utf8" }).find((name) => name.endsWith(".rpm"));
    if (made === undefined) throw new Error(`rpmbuild made no package ${one.name}`);
    return join(own, made);
  });
}

function specOf(one: RpmPackage): string {
  const { name, version, release, epoch, arch, url, summary = "a package", description = "Nothing." } = one;
  const lines = [`Name: ${name}`, `Version: ${version}`, `Release: ${release}`, `Summary: ${summary}`, "License: none"];
  if (epoch !== undefined) lines.push(`Epoch: ${epoch}`);
  if (arch !== undefined) lines.push(`BuildArch: ${arch}`);
  if (url !== undefined) lines.push(`URL: ${url}`);
  return [...lines, "%description", description, "%files", ""].join("\n");
}

/** Adds packages to the SQLite database in a folder, which is made when it is not there. */
export function installRpms(database: string, files: readonly string[]): void {
  run("rpm", ["--dbpath", database, "--justdb", "--nodeps", "--ignorearch", "-i", ...files]);
}

export function importKey(database: string): void {
  run("rpm", ["--dbpath", database, "--import", PUBLIC_KEY]);
}

/** Replaces a package by another version of it. */
export function updateRpms(database: string, files: readonly string[]): void {
  run("rpm", ["--dbpath", database, "--justdb", "--nodeps", "-U", ...files]);
}

export function eraseRpm(database: string, name: string): void {
  run("rpm", ["--dbpath", database, "--justdb", "--nodeps", "-e", name]);
}

/** Writes what is in a database as `Packages`, the hash of Berkeley DB that rpm had before: key a u32, value the header. */
export function writeBerkeley(database: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const lines = ["VERSION=3", "format=bytevalue", "type=hash", "db_pagesize=4096", "HEADER=END"];
  for (const [index, header] of headersOf(database).entries()) {
    const key = Buffer.alloc(4);
    key.writeUInt32LE(index + 1);
    lines.push(` ${key.toString("hex")}`, ` ${header.toString("hex")}`);
  }
  run("db5.3_load", [join(folder, "Packages")], [...lines, "DATA=END", ""].join("\n"));
}

/** Every package's header as it stands in a database. */
function headersOf(database: string): Buffer[] {
  const exported = run("rpmdb", ["--dbpath", database, "--exportdb"]);
  const headers: Buffer[] = [];
  for (let at = 0; at < exported.length;) {
    const lengths = at + HEADER_MAGIC;
    const [entries, bytes] = [exported.readUInt32BE(lengths), exported.readUInt32BE(lengths + 4)];
    const end = lengths + HEADER_LENGTHS + entries * ENTRY_SIZE + bytes;
    headers.push(exported.subarray(lengths, end));
    at = end;
  }
  return headers;
}
