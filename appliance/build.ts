/**
 * Program: builds the appliance into the cache, if it is not there. `gild appliance build` starts it; nobody imports it.
 *
 *     node dist/appliance/build.js [--force] [--json] [--daemon DIRECTORY]
 *
 * Progress goes to standard error. Standard output gets the directory (fit for LIBGUESTFS_PATH), or with --json an object
 * { path, key, built, kernelVersion, nodeVersion, sizes }.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { artefact } from "./artefact.ts";
import { baseParts, makeBase } from "./base.ts";
import { currentKeys } from "./key.ts";
import { measureParts, readManifest, type Manifest } from "./manifest.ts";
import { NODE_VERSION, nodeBinary } from "./node-binary.ts";
import { cacheDirectory, findIngredients } from "./paths.ts";
import { makeRoot } from "./root.ts";

const FIXED_README = `An appliance for libguestfs and gild, in libguestfs's "fixed" form: kernel, initrd, root. See manifest.json.\n`;

interface Options {
  readonly force: boolean;
  readonly json: boolean;
  readonly daemonDirectory: string | undefined;
}

async function main(): Promise<void> {
  const options = readOptions();
  const say = (text: string): void => console.error(`appliance: ${text}`);
  const ingredients = findIngredients({ daemonDirectory: options.daemonDirectory });
  const keys = currentKeys({ daemonDirectory: options.daemonDirectory });
  const cache = cacheDirectory(process.env);
  const { path, built } = await artefact({
    parent: join(cache, "appliance"),
    key: keys.key,
    force: options.force,
    make: async (directory) => {
      const base = await artefact({
        parent: join(cache, "appliance-base"),
        key: keys.baseKey,
        force: options.force,
        make: (target) => makeBase(target, join(cache, "debs", "appliance"), say),
      });
      const node = await nodeBinary(cache, say);
      await makeRoot(directory, base.path, { ...ingredients, node }, say);
      const { kernelVersion, packages } = JSON.parse(await readFile(baseParts(base.path).packages, "utf8")) as Pick<
        Manifest,
        "kernelVersion" | "packages"
      >; // written by makeBase
      const manifest: Manifest = {
        ...keys,
        kernelVersion,
        nodeVersion: NODE_VERSION,
        sizes: await measureParts(directory),
        packages,
      };
      await writeFile(join(directory, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
      await writeFile(join(directory, "README.fixed"), FIXED_README);
    },
  });
  const { packages: _, ...summary } = await readManifest(path);
  if (options.json) console.log(JSON.stringify({ path, built, ...summary }));
  else {
    for (const [name, size] of Object.entries(summary.sizes)) {
      say(`${name}: ${mebibytes(size.bytes)} MiB, ${mebibytes(size.allocatedBytes)} MiB on disk`);
    }
    console.log(path);
  }
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: { force: { type: "boolean" }, json: { type: "boolean" }, daemon: { type: "string" } },
  });
  return { force: values.force === true, json: values.json === true, daemonDirectory: values.daemon };
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}

try {
  await main();
} catch (error) {
  console.error(`appliance: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
