/** inspect_get_icon: a picture that stands for a mounted guest. A file of the guest, passed on as it is. */
import type { CallOptions, Guestfs } from "../../schemas/index.ts";
import { readSmallFile } from "../guest-read.ts";

export interface IconFunctions {
  /**
   * A PNG image, or no bytes where there is none: /etc/favicon.png unless `favicon` is false, else the distribution's.
   * `highquality`: only a large one. The guest must be mounted, and inspect_os() must have been called before. What is in it
   * is the guest's: PNG readers have been attacked through such files. Windows has none here.
   */
  inspect_get_icon(
    args: { readonly root: string; readonly favicon?: boolean; readonly highquality?: boolean },
    options?: CallOptions,
  ): Promise<Uint8Array>;
}

interface Icon {
  readonly path: string;
  /** 96 pixels or more. */
  readonly large: boolean;
}

/** An icon is small. */
const ICON_MAX = 1024 * 1024;
const PNG_MAGIC = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const SHADOWMAN: Icon = { path: "/usr/share/pixmaps/redhat/shadowman-transparent.png", large: true };

const ICONS: Readonly<Record<string, Icon>> = {
  altlinux: { path: "/usr/share/icons/hicolor/48x48/apps/altlinux.png", large: false },
  centos: SHADOWMAN,
  debian: { path: "/usr/share/pixmaps/debian-logo.png", large: false },
  fedora: { path: "/usr/share/icons/hicolor/96x96/apps/fedora-logo-icon.png", large: true },
  mageia: { path: "/usr/share/icons/mageia.png", large: false },
  openmandriva: { path: "/usr/share/icons/large/mandriva.png", large: false },
  opensuse: { path: "/usr/share/icons/hicolor/24x24/apps/distributor.png", large: false },
  oraclelinux: SHADOWMAN,
  "redhat-based": SHADOWMAN,
  rhel: SHADOWMAN,
  rocky: SHADOWMAN,
  scientificlinux: SHADOWMAN,
  sles: { path: "/usr/share/icons/hicolor/24x24/apps/distributor.png", large: false },
  ubuntu: { path: "/usr/share/icons/gnome/24x24/places/ubuntu-logo.png", large: false },
  voidlinux: { path: "/usr/share/void-artwork/void-logo.png", large: true },
};

export function iconFunctions(g: Guestfs): IconFunctions {
  return {
    async inspect_get_icon({ root, favicon = true, highquality = false }, options) {
      const own = favicon ? await readPng(g, "/etc/favicon.png") : undefined;
      if (own !== undefined) return own;
      const icon = ICONS[await g.inspect_get_distro({ root }, options)];
      const wanted = icon !== undefined && (icon.large || !highquality);
      return (wanted ? await readPng(g, icon.path) : undefined) ?? new Uint8Array();
    },
  };
}

async function readPng(g: Guestfs, path: string): Promise<Uint8Array | undefined> {
  const bytes = await readSmallFile(g, path, ICON_MAX);
  return bytes !== undefined && PNG_MAGIC.equals(bytes.subarray(0, PNG_MAGIC.length)) ? bytes : undefined;
}
