/** `gild appliance build|info|path|prune`: the appliance in the cache. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import type { Command } from "commander";

import {
  findAppliance,
  forgetFailures,
  ownApplianceDirectory,
  pruneTemplates,
  resolveSettings,
  runHostCommand,
  templateFolder,
} from "../../engine/index.ts";
import { absentActions, actions } from "../../schemas/index.ts";
import { CommandError, type Io } from "../io.ts";
import { packageInfo } from "../../engine/index.ts";

const BUILD_LIMIT_MS = 30 * 60_000;
const FILES = ["kernel", "initrd", "root"] as const;

export function addAppliance(program: Command, io: Io): void {
  const appliance = program
    .command("appliance")
    .description("build and look at the appliance, the VM that does the work");

  appliance
    .command("build")
    .description("build the appliance from Debian packages into the cache, if it is not there")
    .option("--force", "build it again")
    .option("--json", "print what was built as JSON")
    .action(async (options: { readonly force?: boolean; readonly json?: boolean }) => {
      const script = join(packageInfo().folder, "dist", "appliance", "build.js");
      const { stdout } = await runHostCommand(
        [
          process.execPath,
          script,
          ...(options.force === true ? ["--force"] : []),
          ...(options.json === true ? ["--json"] : []),
        ],
        {
          env: io.env,
          timeoutMs: BUILD_LIMIT_MS,
          signal: io.signal,
          onStderr: (text) => {
            io.err(text);
          },
        },
      );
      io.out(Buffer.from(stdout).toString("utf8"));
    });

  appliance
    .command("prune")
    .description("remove the templates that launches are restored from; the next launch makes its own again")
    .option("--keep <count>", "keep those used last", wholeNumber, 0)
    .option("--json", "print what was removed as JSON")
    .action((options: { readonly keep: number; readonly json?: boolean }) => {
      const { cachedir } = resolveSettings({ env: io.env });
      const folder = templateFolder(cachedir);
      const removed = pruneTemplates(folder, options.keep);
      forgetFailures(folder);
      io.out(options.json === true ? `${JSON.stringify({ removed })}\n` : `removed ${removed.length} templates\n`);
    });

  appliance
    .command("path")
    .description("print the appliance's directory, fit for LIBGUESTFS_PATH")
    .option("--json", "print it as JSON")
    .action((options: { readonly json?: boolean }) => {
      const path = applianceDirectory(io);
      io.out(options.json === true ? `${JSON.stringify({ path })}\n` : `${path}\n`);
    });

  appliance
    .command("info")
    .description("print what the appliance is made of and how large it is")
    .option("--json", "print it as JSON")
    .action((options: { readonly json?: boolean }) => {
      const directory = applianceDirectory(io);
      const manifest = join(directory, "manifest.json");
      if (options.json === true && existsSync(manifest)) {
        // What `appliance build` wrote: an object.
        const made = JSON.parse(readFileSync(manifest, "utf8")) as object;
        io.out(`${JSON.stringify({ ...made, absentActions }, null, 2)}\n`);
        return;
      }
      io.out(`directory  ${directory}\n`);
      for (const name of FILES) io.out(`${name.padEnd(9)}  ${fileSize(join(directory, name))}\n`);
      const absent = Object.entries(absentActions);
      io.out(`actions    ${Object.keys(actions).length}; of libguestfs's, ${absent.length} not there\n`);
      for (const [name, { reason }] of absent) io.out(`  ${name}: ${reason}\n`);
    });
}

function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new CommandError(`--keep: ${text}: not a whole number`);
}

function applianceDirectory(io: Io): string {
  const { path, cachedir } = resolveSettings({ env: io.env });
  const distdir = join(packageInfo().folder, "dist");
  if (path !== undefined) return findAppliance({ path, cachedir, distdir }).directory;
  const directory = ownApplianceDirectory({ cachedir, distdir });
  if (!existsSync(join(directory, "kernel")))
    throw new CommandError(`${directory}: not there yet (gild appliance build)`);
  return directory;
}

/** Size and what it takes on the disk: the root is sparse. */
function fileSize(path: string): string {
  const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const BLOCK = 512;
  const { size, blocks } = statSync(path);
  return `${mebibytes(size)}, ${mebibytes(blocks * BLOCK)} on disk`;
}
