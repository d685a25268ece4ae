/** inspect_get_osinfo: what osinfo-db calls a guest. A guess by rule; whether the database has it, nobody has looked. */
import type { CallOptions, Guestfs } from "../../schemas/index.ts";
import { GuestfsError } from "../errors.ts";

export interface OsinfoFunctions {
  /** Short ID of osinfo-db, `debian12`; `unknown` when there is none. inspect_os() must have been called. */
  inspect_get_osinfo(args: { readonly root: string }, options?: CallOptions): Promise<string>;
}

/** What the rules look at. */
export interface OsinfoFacts {
  readonly type: string;
  readonly distro: string;
  readonly major: number;
  readonly minor: number;
  readonly product_name: string;
  readonly product_variant: string;
  readonly build_id: string;
}

type Rule = (facts: OsinfoFacts) => string | undefined;

const UNKNOWN = "unknown";
/** The first build of Windows 11. */
const WINDOWS_11 = 22_000;

const LINUX: Readonly<Record<string, Rule>> = {
  altlinux: ({ major, minor }) => (major >= 8 ? `alt${major}.${minor}` : undefined),
  archlinux: () => "archlinux",
  centos({ major }) {
    if (major >= 8) return `centos${major}`;
    return major === 7 ? "centos7.0" : undefined;
  },
  circle: ({ major }) => (major >= 8 ? `circle${major}` : undefined),
  debian: ({ major }) => (major >= 4 ? `debian${major}` : undefined),
  fedora: ({ major }) => `fedora${major}`,
  gentoo: () => "gentoo",
  mageia: ({ major }) => `mageia${major}`,
  rocky: ({ major }) => (major >= 8 ? `rocky${major}` : undefined),
  sles: ({ major, minor }) => `sles${major}${minor === 0 ? "" : `sp${minor}`}`,
  ubuntu: ({ major, minor }) => `ubuntu${major}.${String(minor).padStart(2, "0")}`,
  voidlinux: () => "voidlinux",
};

/** By version, then for servers and for others. */
const WINDOWS: Readonly<Record<string, readonly [server: Rule, client: Rule]>> = {
  "5.1": [() => "winxp", () => "winxp"],
  "5.2": [windows2003, windows2003],
  "6.0": [() => "win2k8", () => "winvista"],
  "6.1": [() => "win2k8r2", () => "win7"],
  "6.2": [() => "win2k12", () => "win8"],
  "6.3": [() => "win2k12r2", () => "win8.1"],
  "10.0": [windowsServer, ({ build_id }) => (Number(build_id) >= WINDOWS_11 ? "win11" : "win10")],
};

export function osinfoFunctions(g: Guestfs): OsinfoFunctions {
  return {
    async inspect_get_osinfo(args, options) {
      const type = await g.inspect_get_type(args, options);
      return osinfoId({
        type,
        distro: await g.inspect_get_distro(args, options),
        major: await g.inspect_get_major_version(args, options),
        minor: await g.inspect_get_minor_version(args, options),
        product_name: await g.inspect_get_product_name(args, options),
        product_variant: await g.inspect_get_product_variant(args, options),
        // Older daemons do not know the call.
        build_id: type === "windows" ? await g.inspect_get_build_id(args, options).catch(orUnknown) : UNKNOWN,
      });
    },
  };
}

export function osinfoId(facts: OsinfoFacts): string {
  const { type, distro, major, minor, product_variant } = facts;
  const numbered = `${distro}${major}.${minor}`;
  switch (type) {
    case "linux":
      if (distro === UNKNOWN) return UNKNOWN;
      return LINUX[distro]?.(facts) ?? (major > 0 || minor > 0 ? numbered : UNKNOWN);
    case "freebsd":
    case "netbsd":
    case "openbsd":
      return numbered;
    case "dos":
      return distro === "msdos" ? "msdos6.22" : UNKNOWN;
    case "windows": {
      const rules = WINDOWS[`${major}.${minor}`];
      return rules?.[product_variant.includes("Server") ? 0 : 1](facts) ?? UNKNOWN;
    }
    default:
      return UNKNOWN;
  }
}

function orUnknown(error: unknown): string {
  if (error instanceof GuestfsError) return UNKNOWN;
  throw error;
}

function windows2003({ product_name }: OsinfoFacts): string {
  if (product_name.includes("XP")) return "winxp";
  return product_name.includes("R2") ? "win2k3r2" : "win2k3";
}

function windowsServer({ product_name }: OsinfoFacts): string {
  const year = ["2025", "2022", "2019"].find((one) => product_name.includes(one)) ?? "2016";
  return `win2k${year.slice(2)}`;
}
