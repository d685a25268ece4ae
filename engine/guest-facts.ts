/**
 * Facts of a mounted guest: distribution, version, architecture, package manager, hostname. Everything in the guest may be
 * missing or hostile: what cannot be read is an empty text, never an error.
 */
import type { GuestFacts, Guestfs } from "../schemas/index.ts";
import { GuestfsError } from "./errors.ts";
import { guestHas, readSmallText } from "./guest-read.ts";

/** A field of os-release longer than this is no honest one. */
const VALUE_MAX = 256;

const managers: readonly (readonly [name: string, program: string])[] = [
  ["apt", "/usr/bin/apt-get"],
  ["dnf", "/usr/bin/dnf"],
  ["dnf", "/usr/bin/dnf5"],
  ["zypper", "/usr/bin/zypper"],
  ["yum", "/usr/bin/yum"],
  ["pacman", "/usr/bin/pacman"],
  ["apk", "/sbin/apk"],
  ["apk", "/usr/bin/apk"],
];

/** Small programs that every distribution has; the daemon tells their architecture. */
const programs: readonly string[] = ["/bin/true", "/bin/cat", "/bin/sh", "/usr/bin/env", "/sbin/init"];

/** `KEY=value` lines of os-release(5), unquoted. */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split("\n")) {
    const match = /^([A-Z][A-Z0-9_]*)=(.*)$/u.exec(line.trim());
    if (match?.[1] === undefined || match[2] === undefined) continue;
    fields.set(match[1], unquote(match[2]).slice(0, VALUE_MAX));
  }
  return fields;
}

/** Fields of the guest's os-release. */
export async function readOsRelease(g: Guestfs): Promise<ReadonlyMap<string, string>> {
  const text = (await readSmallText(g, "/etc/os-release")) ?? (await readSmallText(g, "/usr/lib/os-release"));
  return parseOsRelease(text ?? "");
}

/**
 * @param root mountable of the root filesystem; undefined where none is mounted
 * @param known facts read before: what does not change while a guest is worked on is taken from there
 */
export async function readFacts(g: Guestfs, root: string | undefined, known?: GuestFacts): Promise<GuestFacts> {
  if (root === undefined) return blankFacts;
  const release = await readOsRelease(g);
  const same = known !== undefined && known.root === root ? known : blankFacts;
  const arch = same.arch === "" ? await readArchitecture(g) : same.arch;
  return {
    root,
    os: release.size > 0 || arch !== "" ? "linux" : "",
    distro: plain(release.get("ID")),
    version: plain(release.get("VERSION_ID")),
    arch,
    packageManager: same.packageManager === "" ? await findPackageManager(g) : same.packageManager,
  };
}

/** A disk without a guest. */
export const blankFacts: GuestFacts = { os: "", distro: "", version: "", arch: "", packageManager: "" };

export async function readHostname(g: Guestfs): Promise<string> {
  const text = await readSmallText(g, "/etc/hostname", 4096);
  const line = (text ?? "").split("\n").find((candidate) => candidate.trim() !== "" && !candidate.startsWith("#"));
  return (line ?? "").trim().slice(0, VALUE_MAX);
}

async function readArchitecture(g: Guestfs): Promise<string> {
  for (const filename of programs) {
    try {
      return plain(await g.file_architecture({ filename }));
    } catch (error) {
      // Missing, or a script: the next one may tell.
      if (!(error instanceof GuestfsError)) throw error;
    }
  }
  return "";
}

async function findPackageManager(g: Guestfs): Promise<string> {
  for (const [name, program] of managers) if (await guestHas(g, program)) return name;
  return "";
}

/** Only what a distribution's ID or version may be made of: it is compared in `when:` and printed. */
function plain(value: string | undefined): string {
  return value !== undefined && /^[\w.:+~-]*$/u.test(value) ? value : "";
}

function unquote(value: string): string {
  const quoted = /^(["'])(.*)\1$/su.exec(value.trim());
  if (quoted === null) return value.trim();
  return quoted[1] === '"' ? (quoted[2] ?? "").replace(/\\(["$`\\])/gu, "$1") : (quoted[2] ?? "");
}
