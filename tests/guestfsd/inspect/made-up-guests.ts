/** Guests made up for inspection: a few files each, as real systems have them. No system in them runs. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A file's content by its path; `-> target` for a symbolic link, null for a directory. */
export type MadeUpFiles = Readonly<Record<string, string | Uint8Array | null>>;

export interface MadeUpGuest {
  readonly name: string;
  readonly files: MadeUpFiles;
}

/** The start of a program of this machine, as much of an ELF file as tells the architecture. */
export function elf(machine: number, bits: 32 | 64 = 64, endian: "little" | "big" = "little"): Uint8Array {
  const bytes = Buffer.alloc(64);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, bits === 64 ? 2 : 1, endian === "little" ? 1 : 2, 1]);
  const put = (value: number, at: number): void => {
    if (endian === "little") bytes.writeUInt16LE(value, at);
    else bytes.writeUInt16BE(value, at);
  };
  put(2, 16);
  put(machine, 18);
  return bytes;
}

/** The start of a Windows program of this machine. */
export function windowsProgram(machine: number): Uint8Array {
  const bytes = Buffer.alloc(512);
  bytes.write("MZ", 0, "latin1");
  bytes.writeUInt32LE(128, 60);
  bytes.write("PE\0\0", 128, "latin1");
  bytes.writeUInt16LE(machine, 132);
  bytes.writeUInt16LE(0xf0, 148); // size of the optional header
  bytes.writeUInt16LE(0x22, 150); // an executable, with large addresses
  bytes.writeUInt16LE(0x20b, 152); // of 64 bits
  bytes.writeUInt16LE(3, 220); // for the console
  return bytes;
}

const X86_64 = elf(62);
const unix: MadeUpFiles = { "/etc": null, "/bin/sh": X86_64, "/etc/fstab": "" };

/** os-release as distributions write it. */
function release(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${/^[\w.-]*$/.test(value) ? value : JSON.stringify(value)}\n`)
    .join("");
}

const guest = (name: string, files: MadeUpFiles, base: MadeUpFiles = unix): MadeUpGuest => ({
  name,
  files: { ...base, ...files },
});

const osRelease = (name: string, fields: Readonly<Record<string, string>>, files: MadeUpFiles = {}): MadeUpGuest =>
  guest(name, { "/etc/os-release": release(fields), ...files });

export const linuxGuests: readonly MadeUpGuest[] = [
  osRelease(
    "debian 12",
    { PRETTY_NAME: "Debian GNU/Linux 12 (bookworm)", ID: "debian", VERSION_ID: "12" },
    { "/etc/debian_version": "12.4\n", "/etc/hostname": "# comment\n\nweb1\n" },
  ),
  osRelease(
    "debian sid",
    { PRETTY_NAME: "Debian GNU/Linux trixie/sid", ID: "debian" },
    { "/etc/debian_version": "trixie/sid\n" },
  ),
  guest("debian 6", { "/etc/debian_version": "6.0.3\n", "/etc/HOSTNAME": "old\n", "/etc/hostname": "new\n" }),
  osRelease("debian without version file", { PRETTY_NAME: "Debian GNU/Linux 12", ID: "debian", VERSION_ID: "12" }),
  osRelease("ubuntu 22.04", {
    PRETTY_NAME: "Ubuntu 22.04.3 LTS",
    ID: "ubuntu",
    ID_LIKE: "debian",
    VERSION_ID: "22.04",
  }),
  guest("ubuntu 10.10", {
    "/etc/lsb-release":
      'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=10.10\nDISTRIB_CODENAME=maverick\nDISTRIB_DESCRIPTION="Ubuntu 10.10"\n',
    "/etc/debian_version": "squeeze/sid\n",
  }),
  guest("mint 13", {
    "/etc/lsb-release": 'DISTRIB_ID=LinuxMint\nDISTRIB_RELEASE=13\nDISTRIB_DESCRIPTION="Linux Mint 13 Maya"\n',
  }),
  osRelease("mint 21", { PRETTY_NAME: "Linux Mint 21", ID: "linuxmint", ID_LIKE: "ubuntu debian", VERSION_ID: "21" }),
  osRelease("kali", { PRETTY_NAME: "Kali GNU/Linux Rolling", ID: "kali", VERSION_ID: "2023.1" }),
  osRelease(
    "raspbian",
    { PRETTY_NAME: "Raspbian GNU/Linux 11", ID: "raspbian", ID_LIKE: "debian", VERSION_ID: "11" },
    { "/etc/debian_version": "11.8\n" },
  ),
  osRelease("kylin", { PRETTY_NAME: "Kylin V10", ID: "kylin", VERSION_ID: "v10" }),
  osRelease("fedora 38", { PRETTY_NAME: "Fedora Linux 38", ID: "fedora", VERSION_ID: "38" }),
  osRelease("fedora 21", { PRETTY_NAME: "Fedora 21", ID: "fedora", VERSION_ID: "21" }),
  guest("fedora 14", {
    "/etc/redhat-release": "Fedora release 14 (Laughlin)\n",
    "/etc/sysconfig/network": "NETWORKING=yes\nHOSTNAME=f14.example.com\n",
  }),
  osRelease(
    "rhel 9",
    { PRETTY_NAME: "Red Hat Enterprise Linux 9.2 (Plow)", ID: "rhel", VERSION_ID: "9.2" },
    { "/etc/redhat-release": "Red Hat Enterprise Linux release 9.2 (Plow)\n" },
  ),
  guest("rhel 6", { "/etc/redhat-release": "Red Hat Enterprise Linux Server release 6.4 (Santiago)\n" }),
  guest("rhel 4", { "/etc/redhat-release": "Red Hat Enterprise Linux AS release 4 (Nahant Update 8)\n" }),
  guest("rhel 3", { "/etc/redhat-release": "Red Hat Enterprise Linux ES release 3 (Taroon)\n" }),
  osRelease(
    "centos 7",
    { PRETTY_NAME: "CentOS Linux 7 (Core)", ID: "centos", VERSION_ID: "7" },
    {
      "/etc/centos-release": "CentOS Linux release 7.9.2009 (Core)\n",
      "/etc/redhat-release": "CentOS Linux release 7.9.2009 (Core)\n",
    },
  ),
  osRelease(
    "centos stream 9",
    { PRETTY_NAME: "CentOS Stream 9", ID: "centos", VERSION_ID: "9" },
    { "/etc/centos-release": "CentOS Stream release 9\n", "/etc/redhat-release": "CentOS Stream release 9\n" },
  ),
  guest("centos 5", { "/etc/redhat-release": "CentOS release 5.8 (Final)\n" }),
  guest("centos 4", { "/etc/redhat-release": "CentOS release 4 (Final Update 6)\n" }),
  osRelease(
    "rocky 9",
    { PRETTY_NAME: "Rocky Linux 9.1 (Blue Onyx)", ID: "rocky", VERSION_ID: "9.1" },
    { "/etc/redhat-release": "Rocky Linux release 9.1 (Blue Onyx)\n" },
  ),
  guest("rocky by its release file", { "/etc/redhat-release": "Rocky Linux release 8.5 (Green Obsidian)\n" }),
  osRelease(
    "almalinux 9",
    { PRETTY_NAME: "AlmaLinux 9.2", ID: "almalinux", ID_LIKE: "rhel centos fedora", VERSION_ID: "9.2" },
    { "/etc/redhat-release": "AlmaLinux release 9.2 (Turquoise Kodkod)\n" },
  ),
  osRelease("oracle 8", { PRETTY_NAME: "Oracle Linux Server 8.5", ID: "ol", VERSION_ID: "8.5" }),
  guest("oracle 6", {
    "/etc/oracle-release": "Oracle Linux Server release 6.3\n",
    "/etc/redhat-release": "Red Hat Enterprise Linux Server release 6.3 (Santiago)\n",
  }),
  guest("scientific 6", { "/etc/redhat-release": "Scientific Linux release 6.4 (Carbon)\n" }),
  osRelease(
    "scientific 7",
    { PRETTY_NAME: "Scientific Linux 7.9", ID: "scientific", VERSION_ID: "7.9" },
    {
      "/etc/redhat-release": "Scientific Linux release 7.9 (Nitrogen)\n",
    },
  ),
  guest("some red hat", { "/etc/redhat-release": "Ataliba Linux release 3.1\n" }),
  guest("meego", { "/etc/meego-release": "MeeGo release 1.2.0 (MeeGo)\n" }),
  osRelease("opensuse leap", { PRETTY_NAME: "openSUSE Leap 15.4", ID: "opensuse-leap", VERSION_ID: "15.4" }),
  osRelease("opensuse tumbleweed", {
    PRETTY_NAME: "openSUSE Tumbleweed",
    ID: "opensuse-tumbleweed",
    VERSION_ID: "20230901",
  }),
  guest("opensuse 11.4", { "/etc/SuSE-release": "openSUSE 11.4 (x86_64)\nVERSION = 11.4\nCODENAME = Celadon\n" }),
  guest("suse 9", { "/etc/SuSE-release": "SuSE Linux 9.3 (i586)\nVERSION = 9.3\n" }),
  osRelease("sles 15", { PRETTY_NAME: "SUSE Linux Enterprise Server 15 SP4", ID: "sles", VERSION_ID: "15.4" }),
  osRelease("sled 12", { PRETTY_NAME: "SUSE Linux Enterprise Desktop 12", ID: "sled", VERSION_ID: "12" }),
  guest("sles 11", {
    "/etc/SuSE-release": "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 2\n",
  }),
  guest("suse something", { "/etc/SuSE-release": "Novell Linux Desktop 9 (i586)\nVERSION = 9\nRELEASE = 9\n" }),
  osRelease("arch", { PRETTY_NAME: "Arch Linux", ID: "arch", BUILD_ID: "rolling" }),
  guest("old arch", { "/etc/arch-release": "" }),
  osRelease("alpine 3.18", { PRETTY_NAME: "Alpine Linux v3.18", ID: "alpine", VERSION_ID: "3.18.4" }),
  guest("old alpine", { "/etc/alpine-release": "2.4.5\n" }),
  osRelease("void", { PRETTY_NAME: "Void Linux", ID: "void" }),
  osRelease("gentoo", { PRETTY_NAME: "Gentoo Linux", ID: "gentoo", VERSION_ID: "2.14" }),
  guest("old gentoo", { "/etc/gentoo-release": "Gentoo Base System release 2.1\n" }),
  guest("slackware", { "/etc/slackware-version": "Slackware 14.0\n" }),
  guest("pardus", { "/etc/pardus-release": "Pardus 2011.2 Cervus elaphus\n" }),
  guest("mageia", { "/etc/mageia-release": "Mageia release 2 (Official) for x86_64\n" }),
  guest("mageia by lsb", { "/etc/lsb-release": "DISTRIB_ID=Mageia\nDISTRIB_RELEASE=2\n" }),
  osRelease("mageia 8", { PRETTY_NAME: "Mageia 8", ID: "mageia", VERSION_ID: "8" }),
  guest("mandriva", { "/etc/mandriva-release": "Mandriva Linux release 2010.1 (Official) for x86_64\n" }),
  guest("mandriva by lsb", { "/etc/lsb-release": "DISTRIB_ID=MandrivaLinux\nDISTRIB_RELEASE=2010.1\n" }),
  osRelease("openmandriva", { PRETTY_NAME: "OpenMandriva Lx 4.3", ID: "openmandriva", VERSION_ID: "4.3" }),
  guest("altlinux", { "/etc/altlinux-release": "ALT Linux 6.0.1 Centaurus  (Cheiron)\n" }),
  osRelease("altlinux p10", { PRETTY_NAME: "ALT Server 10.1", ID: "altlinux", VERSION_ID: "10.1" }),
  guest("frugalware", { "/etc/frugalware-release": "Frugalware 1.7 (Gaia)\n" }),
  osRelease("frugalware 2", { PRETTY_NAME: "Frugalware 2.0 (Rigel)", ID: "frugalware", VERSION_ID: "2.0" }),
  guest("pld", { "/etc/pld-release": "3.0 PLD Linux (Th)\n" }),
  osRelease("pld 3", { PRETTY_NAME: "PLD Linux", ID: "pld", VERSION_ID: "3.0" }),
  guest("cirros", { "/etc/cirros/version": "0.3.0\n" }),
  guest("buildroot", { "/etc/br-version": "2012.02\n" }),
  guest("cirros on buildroot", { "/etc/br-version": "2012.05\n", "/usr/share/cirros/logo": "" }),
  osRelease("buildroot with os-release", { PRETTY_NAME: "Buildroot 2022.02", ID: "buildroot", VERSION_ID: "2022.02" }),
  guest("ttylinux", { "/etc/ttylinux-target": "ttylinux pc_i686 14.0\n" }),
  osRelease("neokylin", { PRETTY_NAME: "NeoKylin 7.0", ID: "neokylin", VERSION_ID: "V7Update2" }),
  guest("neokylin by its release file", { "/etc/neokylin-release": "NeoKylin Linux release V7Update2\n" }),
  osRelease(
    "amazon",
    { PRETTY_NAME: "Amazon Linux 2", ID: "amzn", ID_LIKE: "centos rhel fedora", VERSION_ID: "2" },
    {
      "/etc/system-release": "Amazon Linux release 2 (Karoo)\n",
    },
  ),
  osRelease("neon", { PRETTY_NAME: "KDE neon 5.27", ID: "neon", ID_LIKE: "ubuntu debian", VERSION_ID: "22.04" }),
  osRelease("nixos", { PRETTY_NAME: "NixOS 23.05", ID: "nixos", VERSION_ID: "23.05" }),
  guest("nothing known", { "/etc/hosts": "127.0.0.1 localhost\n", "/etc/hostname": "plain\n" }),
  guest(
    "merged /usr",
    {
      "/etc/os-release": release({ PRETTY_NAME: "Fedora Linux 39", ID: "fedora", VERSION_ID: "39" }),
      "/etc/hosts": "",
      "/bin": "-> usr/bin",
      "/usr/bin/sh": elf(183),
    },
    {},
  ),
  guest("quoted release", {
    "/etc/os-release": '# comment\nID=\'debian\'\nVERSION_ID="11"\nPRETTY_NAME="Debian \\"x\\" 11"\n',
    "/etc/debian_version": "11.3\n",
  }),
];

/** The /usr that belongs to "coreos". */
export const coreosUsr: MadeUpFiles = {
  "/bin/bash": X86_64,
  "/share/coreos/lsb-release": 'DISTRIB_ID=CoreOS\nDISTRIB_RELEASE=899.13.0\nDISTRIB_DESCRIPTION="CoreOS 899.13.0"\n',
  "/local": null,
};

export const otherGuests: readonly MadeUpGuest[] = [
  guest("freebsd", {
    "/etc/freebsd-update.conf": "",
    "/etc/fstab": "/dev/ada0p2 / ufs rw 1 1\n/dev/ada0p3 none swap sw 0 0\n",
    "/etc/motd": "FreeBSD 9.0-RELEASE (GENERIC) #0: Tue Jan  3 07:46:30 UTC 2012\n\nWelcome to FreeBSD!\n",
    "/etc/rc.conf": 'keymap="us"\nhostname="fb.example.com"\n',
  }),
  guest("netbsd", {
    "/netbsd": "",
    "/etc/release": "NetBSD 5.1/amd64\nBuild settings: none\n",
    "/etc/rc.conf": "hostname=nb.example.com\n",
  }),
  guest("openbsd", {
    "/bsd": "",
    "/etc/motd": "OpenBSD 5.2 (GENERIC) #309: Wed Aug  1 09:58:55 MDT 2012\n",
    "/etc/myname": "ob.example.com\n",
  }),
  guest("fresh openbsd", { "/bsd": "", "/etc/motd": "OpenBSD ?.? (UNKNOWN)\n" }),
  guest("hurd", {
    "/hurd/console": "",
    "/hurd/hello": "",
    "/hurd/null": "",
    "/etc/debian_version": "7.0\n",
    "/etc/hostname": "gnu\n",
  }),
  guest("hurd arch", { "/hurd/console": "", "/hurd/hello": "", "/hurd/null": "", "/etc/arch-release": "" }),
  guest("minix", {
    "/service/vm": "",
    "/etc/version": "3.3.0\n",
    "/etc/hostname.file": "mx\n",
  }),
  guest(
    "coreos",
    {
      "/etc/coreos/update.conf": "",
      "/root": null,
      "/home": null,
      "/usr": null,
      "/etc/hostname": "core1\n",
    },
    {},
  ),
  guest("freedos", { "/FDOS/FREEDOS.BSS": "" }, {}),
  guest("files of msdos", { "/COMMAND.COM": "", "/IO.SYS": "", "/MSDOS.SYS": "", "/AUTOEXEC.BAT": "" }, {}),
  guest("msdos", { "/DOS/COMMAND.COM": "", "/COMMAND.COM": "" }, {}),
  guest("boot", { "/grub/grub.cfg": "", "/vmlinuz": "" }, {}),
  guest(
    "boot with an old root in it",
    { "/grub2/grub.cfg": "", "/etc/hosts": "", "/bin/sh": X86_64, "/etc/os-release": "ID=fedora\n" },
    {},
  ),
  guest("data", { "/lost": null, "/photos/a.jpg": "" }, {}),
  guest("var", { "/log": null, "/run": null, "/spool": null }, {}),
  guest("usr local", { "/etc": null, "/bin": null, "/share": null }, {}),
  guest("windows data", { "/System Volume Information": null, "/Program Files": null }, {}),
];

/** Writes a guest's files below a folder. */
export function writeFiles(folder: string, files: MadeUpFiles): void {
  for (const [path, content] of Object.entries(files)) {
    const place = join(folder, path);
    mkdirSync(dirname(place), { recursive: true });
    if (content === null) mkdirSync(place, { recursive: true });
    else if (typeof content === "string" && content.startsWith("-> ")) symlinkSync(content.slice(3), place);
    else writeFileSync(place, content);
  }
}
