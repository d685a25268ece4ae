/**
 * How a Linux guest's packages are made and installed (guestfs(3), inspect_get_package_format and _management): known of
 * most distributions; of the others, what programs are there tells. Reads no package database.
 */
import type { GuestFiles } from "./guest-files.ts";
import type { Release } from "./release.ts";

export interface PackageTools {
  readonly format?: string;
  readonly management?: string;
}

const TOOLS: Readonly<Record<string, PackageTools>> = {
  alpinelinux: { format: "apk", management: "apk" },
  altlinux: { format: "rpm", management: "apt" },
  archlinux: { format: "pacman", management: "pacman" },
  debian: { format: "deb", management: "apt" },
  gentoo: { format: "ebuild", management: "portage" },
  kalilinux: { format: "deb", management: "apt" },
  kylin: { format: "deb", management: "apt" },
  linuxmint: { format: "deb", management: "apt" },
  mageia: { format: "rpm", management: "urpmi" },
  mandriva: { format: "rpm", management: "urpmi" },
  meego: { format: "rpm", management: "yum" },
  neokylin: { format: "rpm", management: "dnf" },
  openmandriva: { format: "rpm", management: "dnf" },
  opensuse: { format: "rpm", management: "zypper" },
  pardus: { format: "pisi", management: "pisi" },
  sles: { format: "rpm", management: "zypper" },
  "suse-based": { format: "rpm", management: "zypper" },
  ubuntu: { format: "deb", management: "apt" },
  voidlinux: { format: "xbps", management: "xbps" },
};

/** Red Hat's tool changed with the release: the first release of each, newest first. */
const RED_HAT_TOOLS: readonly (readonly [major: number, management: string])[] = [
  [8, "dnf"],
  [5, "yum"],
  [0, "up2date"],
];

const RED_HAT: ReadonlySet<string> = new Set([
  "centos",
  "circle",
  "oraclelinux",
  "redhat-based",
  "rhel",
  "rocky",
  "scientificlinux",
]);

/** A distribution without tools that libguestfs would know of. */
const NONE: ReadonlySet<string> = new Set([
  "buildroot",
  "cirros",
  "coreos",
  "frugalware",
  "pldlinux",
  "slackware",
  "ttylinux",
]);

const PROGRAMS: readonly (readonly [path: string, tools: Required<PackageTools>])[] = [
  ["/usr/bin/apt-get", { format: "deb", management: "apt" }],
  ["/usr/bin/dnf", { format: "rpm", management: "dnf" }],
  ["/usr/bin/dnf5", { format: "rpm", management: "dnf" }],
  ["/usr/bin/zypper", { format: "rpm", management: "zypper" }],
  ["/usr/bin/yum", { format: "rpm", management: "yum" }],
  ["/usr/bin/pacman", { format: "pacman", management: "pacman" }],
  ["/sbin/apk", { format: "apk", management: "apk" }],
  ["/usr/bin/apk", { format: "apk", management: "apk" }],
  ["/usr/bin/xbps-install", { format: "xbps", management: "xbps" }],
  ["/usr/bin/emerge", { format: "ebuild", management: "portage" }],
];

export function packageTools(files: GuestFiles, { distro, version }: Release): PackageTools {
  if (distro === undefined || NONE.has(distro)) return {};
  const major = version?.major ?? 0;
  if (RED_HAT.has(distro)) {
    return { format: "rpm", management: RED_HAT_TOOLS.find(([first]) => major >= first)?.[1] ?? "up2date" };
  }
  if (distro === "fedora") {
    return { format: "rpm", management: major >= 22 && files.isFile("/usr/bin/dnf") ? "dnf" : "yum" };
  }
  return TOOLS[distro] ?? PROGRAMS.find(([path]) => files.isFile(path))?.[1] ?? {};
}
