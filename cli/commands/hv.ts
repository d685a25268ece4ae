/** `gild hv --path`: the hypervisor wrapper for libguestfs's own programs. */
import { join } from "node:path";

import type { Command } from "commander";

import { findAppliance, messageOf, packageInfo, resolveSettings } from "../../engine/index.ts";
import type { Io } from "../io.ts";

export function addHv(program: Command, io: Io): void {
  program
    .command("hv")
    .description("let libguestfs's programs start in gild's appliance: LIBGUESTFS_HV=$(gild hv --path) guestfish ...")
    .requiredOption("--path", "print the path of the hypervisor wrapper, fit for LIBGUESTFS_HV")
    .option("--json", "print it as JSON")
    .action((options: { readonly json?: boolean }) => {
      const path = join(packageInfo().folder, "dist", "gild-hv");
      warnWithoutAppliance(io);
      io.out(options.json === true ? `${JSON.stringify({ path })}\n` : `${path}\n`);
    });
}

/** The wrapper works without one, but then it does nothing. */
function warnWithoutAppliance(io: Io): void {
  try {
    const { path, cachedir } = resolveSettings({ env: io.env });
    findAppliance({ path, cachedir, distdir: join(packageInfo().folder, "dist") });
  } catch (error) {
    io.err(`gild: libguestfs's own appliance is used until this is put right: ${messageOf(error)}\n`);
  }
}
