/** Daemon side of schemas/actions/syslinux.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { withGuestDirectory } from "../guest-directory.ts";
import { refuseLinks } from "../guest-links.ts";

/** What extlinux opens in its directory, through links if there are any. */
const EXTLINUX_FILES: readonly string[] = ["ldlinux.sys", "ldlinux.c32", "extlinux.sys"];

export const syslinux = {
  syslinux({ device, directory }, { command }) {
    const options = directory === undefined ? [] : ["--directory", directory];
    // It works through mtools, which compare a partition with the geometry of disks of 1990.
    command.check(["syslinux", "--install", "--force", ...options, device], { env: { MTOOLS_SKIP_CHECK: "1" } });
  },

  extlinux({ directory }, { command, sysroot }) {
    refuseLinks(sysroot, directory, EXTLINUX_FILES);
    withGuestDirectory(sysroot, directory, (path) => command.check(["extlinux", "--install", path]));
  },
} satisfies HandlersOf<typeof families.syslinux, Context>;
