/**
 * Bundles a program: NAME.cjs, the code V8 made of it in a first run (NAME.code), and NAME.js, which starts the one with the other.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync } from "node:fs";
import { join } from "node:path";

import { build } from "esbuild";

import { hostBundle, root } from "./bundle.ts";

/** What `scripts/program/` asks of a bundle: a function of what an ES module has by itself. */
const FUNCTION = { head: "(function (require, bundleUrl) {", end: "})" };

export interface Program {
  /** Without a suffix. */
  readonly name: string;
  readonly entryPoint: string;
  /** Arguments of the run whose code is kept; it must do no more than read. */
  readonly firstRun: readonly string[];
}

/** @throws Error when the bundle or its first run fails */
export async function buildProgram({ name, entryPoint, firstRun }: Program, outDir: string): Promise<void> {
  const bundle = join(outDir, `${name}.cjs`);
  await build({
    ...hostBundle,
    entryPoints: [entryPoint],
    outfile: bundle,
    format: "cjs",
    // A script has no import() of its own.
    supported: { "dynamic-import": false },
    define: { "import.meta.url": "bundleUrl" },
    banner: { js: FUNCTION.head },
    footer: { js: FUNCTION.end },
  });
  const start = join(outDir, `${name}.js`);
  cpSync(join(root, "scripts", "program", "start.js"), start);
  chmodSync(start, 0o755);
  execFileSync(process.execPath, [join(root, "scripts", "program", "keep-code.js"), bundle, ...firstRun], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
}
