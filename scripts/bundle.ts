/** What all bundles have in common: they run on Node 20 and do not depend on where they are made. */
import { fileURLToPath } from "node:url";

import type { BuildOptions } from "esbuild";

export const root = fileURLToPath(new URL("..", import.meta.url));

export const nodeBundle = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20",
  logLevel: "warning",
} satisfies BuildOptions;

/** For the host, where packages are installed: koffi's native half is found in node_modules, and only where it is needed. */
export const hostBundle = {
  ...nodeBundle,
  minifySyntax: true,
  legalComments: "none",
  external: ["koffi"],
} satisfies BuildOptions;
