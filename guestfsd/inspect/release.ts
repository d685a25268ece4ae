/**
 * Which distribution a mounted Linux guest is: from os-release(5), else lsb-release, else the release files that
 * distributions had before those. Names are libguestfs's (guestfs(3), inspect_get_distro); one that it has no name for is
 * called by its os-release ID. Does not judge architecture or packages.
 */
import type { GuestFiles } from "./guest-files.ts";

export interface Version {
  readonly major: number;
  readonly minor: number;
}

/** What is not known is left out. */
export interface Release {
  readonly distro?: string;
  /** For people: `Debian GNU/Linux 12 (bookworm)`, `12.4`, ... */
  readonly productName?: string;
  readonly version?: Version;
  readonly buildId?: string;
}

type Reader = (files: GuestFiles, path: string) => Release | undefined;

/** libguestfs's names for IDs of os-release where they differ, or cover several. */
const OS_RELEASE_NAMES: Readonly<Record<string, string>> = {
  alpine: "alpinelinux",
  arch: "archlinux",
  kali: "kalilinux",
  ol: "oraclelinux",
  "opensuse-leap": "opensuse",
  "opensuse-tumbleweed": "opensuse",
  pld: "pldlinux",
  sled: "sles",
  void: "voidlinux",
};

/** IDs that are libguestfs's names as they are. Any other ID is looked up in the older files first. */
const SAME_NAMES: ReadonlySet<string> = new Set(
  (
    "altlinux centos circle cirros coreos debian fedora frugalware gentoo kylin linuxmint mageia mandriva meego " +
    "neokylin openmandriva opensuse pardus rhel rocky sles slackware ubuntu"
  ).split(" "),
);

const LSB_NAMES: Readonly<Record<string, string>> = {
  CoreOS: "coreos",
  LinuxMint: "linuxmint",
  Mageia: "mageia",
  MandrivaLinux: "mandriva",
  Ubuntu: "ubuntu",
};

/** The distribution whose name begins a redhat-release line. */
const RED_HAT_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^Fedora/, "fedora"],
  [/^Red Hat/, "rhel"],
  [/^CentOS/, "centos"],
  [/^Rocky/, "rocky"],
  [/^Circle/, "circle"],
  [/^Scientific/, "scientificlinux"],
];

type Readers = readonly (readonly [path: string, reader: Reader])[];

/** The second is CoreOS's, where /usr is its read-only part. */
const LSB_FILES: Readers = [
  ["/etc/lsb-release", lsbRelease],
  ["/usr/share/coreos/lsb-release", lsbRelease],
];

/** Files that only one distribution has; their first line is its name for people. Those that redhat-release copies come first. */
const OWN_FILES: Readers = [
  ["/etc/oracle-release", firstLine("oraclelinux")],
  ["/etc/centos-release", firstLine("centos")],
  ["/etc/altlinux-release", firstLine("altlinux")],
  ["/etc/mageia-release", firstLine("mageia")],
  ["/etc/mandriva-release", firstLine("mandriva")],
  ["/etc/redhat-release", redHatRelease],
  ["/etc/debian_version", firstLine("debian")],
  ["/etc/pardus-release", firstLine("pardus")],
  ["/etc/arch-release", () => ({ distro: "archlinux" })],
  ["/etc/gentoo-release", firstLine("gentoo")],
  ["/etc/meego-release", firstLine("meego")],
  ["/etc/slackware-version", firstLine("slackware")],
  ["/etc/ttylinux-target", firstLine("ttylinux")],
  ["/etc/SuSE-release", suseRelease],
  ["/etc/cirros/version", firstLine("cirros")],
  ["/etc/br-version", buildroot],
  ["/etc/alpine-release", firstLine("alpinelinux")],
  ["/etc/frugalware-release", firstLine("frugalware")],
  ["/etc/pld-release", firstLine("pldlinux")],
];

/** Distributions whose os-release has the major number alone, and the file that has the rest. */
const FULLER_FILES: Readonly<Record<string, string>> = {
  centos: "/etc/centos-release",
  debian: "/etc/debian_version",
};

export function readRelease(files: GuestFiles): Release {
  const { id, ...standard } = readOsRelease(files);
  const fuller = FULLER_FILES[standard.distro ?? ""];
  if (fuller !== undefined && (standard.version?.minor ?? 0) === 0) {
    return { ...standard, ...readFile(files, fuller, firstLine(standard.distro ?? "")) };
  }
  if (standard.distro !== undefined) return standard;

  const older = firstOf(files, LSB_FILES) ?? firstOf(files, OWN_FILES);
  if (older !== undefined) return { ...standard, ...older };
  return id === undefined ? standard : { ...standard, distro: id };
}

/** First two numbers of a text; a missing minor number is 0. */
export function versionOf(text: string): Version | undefined {
  const [, major, minor = "0"] = /(\d{1,9})(?:(?:\.|Update)(\d{1,9}))?/.exec(dotted(text)) ?? [];
  return major === undefined ? undefined : { major: Number(major), minor: Number(minor) };
}

/** A number with a dot is the version, wherever another number stands before it: `ttylinux pc_i686 14.0`. */
function dotted(text: string): string {
  return /\d+\.\d+.*/s.exec(text)?.[0] ?? text;
}

function readOsRelease(files: GuestFiles): Release & { readonly id?: string } {
  const path = ["/etc/os-release", "/usr/lib/os-release"].find((one) => files.isFile(one));
  if (path === undefined) return {};
  const fields = assignments(files.lines(path));
  const id = /^[a-z0-9._-]{1,64}$/.exec(fields.get("ID") ?? "")?.[0];
  const distro = id === undefined ? undefined : (OS_RELEASE_NAMES[id] ?? (SAME_NAMES.has(id) ? id : undefined));
  return {
    ...withText("id", id),
    ...withText("distro", distro),
    ...withText("productName", fields.get("PRETTY_NAME")),
    ...withText("buildId", fields.get("BUILD_ID")),
    ...withVersion(fields.get("VERSION_ID")),
  };
}

function lsbRelease(files: GuestFiles, path: string): Release | undefined {
  const fields = assignments(files.lines(path));
  const distro = LSB_NAMES[fields.get("DISTRIB_ID") ?? ""];
  if (distro === undefined) return undefined;
  return {
    distro,
    ...withText("productName", fields.get("DISTRIB_DESCRIPTION")),
    ...withVersion(fields.get("DISTRIB_RELEASE")),
  };
}

function firstOf(files: GuestFiles, readers: Readers): Release | undefined {
  for (const [path, reader] of readers) {
    const release = readFile(files, path, reader);
    if (release !== undefined) return release;
  }
  return undefined;
}

function readFile(files: GuestFiles, path: string, reader: Reader): Release | undefined {
  return files.isFile(path) ? reader(files, path) : undefined;
}

function firstLine(distro: string): Reader {
  return (files, path) => {
    const line = files.firstLine(path);
    return line === undefined ? undefined : { distro, ...withText("productName", line), ...withVersion(line) };
  };
}

/** `NAME release 4 (... Update 8)` or `NAME release 8.5 (...)`. */
function redHatRelease(files: GuestFiles, path: string): Release | undefined {
  const line = files.firstLine(path);
  if (line === undefined) return undefined;
  const [, major, minor, update] = /release (\d{1,9})(?:\.(\d{1,9})|.*Update (\d{1,9}))?/.exec(line) ?? [];
  const version =
    major === undefined ? versionOf(line) : { major: Number(major), minor: Number(minor ?? update ?? "0") };
  return {
    distro: RED_HAT_NAMES.find(([start]) => start.test(line))?.[1] ?? "redhat-based",
    productName: line,
    ...(version === undefined ? {} : { version }),
  };
}

function suseRelease(files: GuestFiles, path: string): Release | undefined {
  const lines = files.lines(path);
  const [title] = lines;
  if (title === undefined) return undefined;
  const number = (name: string): string | undefined =>
    lines.map((line) => new RegExp(`^${name}\\s*=\\s*(\\S+)`).exec(line)?.[1]).find((value) => value !== undefined);
  const patch = number("PATCHLEVEL");
  const enterprise = /^(?:SUSE Linux Enterprise|Novell Linux Desktop)/i.test(title);
  const release = number("VERSION") ?? title;
  return {
    distro: suseName(title, enterprise),
    productName: title,
    ...withVersion(enterprise && patch !== undefined ? `${release}.${patch}` : release),
  };
}

function suseName(title: string, enterprise: boolean): string {
  if (enterprise) return "sles";
  return /^(?:openSUSE|SUSE Linux)/i.test(title) ? "opensuse" : "suse-based";
}

/** Cirros is made with Buildroot, and is the one that can be told. */
function buildroot(files: GuestFiles, path: string): Release | undefined {
  return firstLine(files.isFile("/usr/share/cirros/logo") ? "cirros" : "buildroot")(files, path);
}

/** `NAME=value` lines, unquoted as a shell would. */
export function assignments(lines: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) found.set(name, unquote(value));
  }
  return found;
}

function unquote(value: string): string {
  const [, single, double] = /^(?:'([^']*)'|"((?:[^"\\]|\\.)*)")/.exec(value) ?? [];
  return single ?? double?.replaceAll(/\\(.)/g, "$1") ?? value;
}

function withText<const K extends string>(key: K, value: string | undefined): { readonly [N in K]?: string } {
  // A computed key widens to string; K is the only key there is.
  return (value === undefined || value === "" ? {} : { [key]: value }) as { readonly [N in K]?: string };
}

function withVersion(text: string | undefined): { readonly version?: Version } {
  const version = versionOf(text ?? "");
  return version === undefined ? {} : { version };
}
