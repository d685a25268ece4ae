/**
 * Bundles the daemon: guestfsd.cjs, one file, and beside it koffi.node, the native half of koffi, which the bundle loads from
 * its own folder. No node_modules are needed where they run.
 */
import { cpSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { build, type Plugin } from "esbuild";

import { nodeBundle } from "./bundle.ts";

const NATIVE = "koffi.node";

/** koffi's own loader looks for the native module in node_modules; in the bundle it lies beside the file. */
const koffiBesideBundle: Plugin = {
  name: "koffi-beside-bundle",
  setup(build) {
    build.onResolve({ filter: /^koffi$/ }, () => ({ path: "koffi", namespace: "koffi-native" }));
    build.onLoad({ filter: /.*/, namespace: "koffi-native" }, () => ({
      contents: `module.exports = require("./${NATIVE}");`,
      loader: "js",
    }));
    build.onResolve({ filter: /\.node$/ }, ({ path }) => ({ path, external: true }));
  },
};

/**
 * @param outDir folder for guestfsd.cjs and koffi.node; made if missing
 */
export async function buildDaemon(outDir: string): Promise<void> {
  mkdirSync(outDir, { recursive: true });
  await build({
    ...nodeBundle,
    entryPoints: ["guestfsd/main.ts"],
    outfile: join(outDir, "guestfsd.cjs"),
    format: "cjs",
    plugins: [koffiBesideBundle],
  });
  cpSync(findKoffi(), join(outDir, NATIVE));
}

function findKoffi(): string {
  const require = createRequire(import.meta.url);
  const koffi = dirname(require.resolve("koffi"));
  const platform = dirname(createRequire(join(koffi, "index.js")).resolve("@koromix/koffi-linux-x64"));
  return join(platform, "linux_x64", NATIVE);
}
