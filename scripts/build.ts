/** `npm run build`: bundles the CLI, the library, the daemon and the appliance builder into dist/. Types come from `tsc -b`. */
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build, type BuildOptions } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const common: BuildOptions = { bundle: true, platform: "node", target: "node20", logLevel: "warning", absWorkingDir: root };
