/**
 * `npm run build`: bundles into dist/ the command (gild.js), the library (engine.js), the wrapper for libguestfs (gild-hv and its
 * program), the daemon (guestfsd/) and the appliance builder (appliance/). Declarations come from `tsc -b`, the appliance itself
 * from `gild appliance build`.
 */
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { build, type BuildOptions } from "esbuild";

import { currentKeys } from "../appliance/index.ts";
import { buildDaemon } from "./build-daemon.ts";
import { buildProgram, type Program } from "./build-program.ts";
import { hostBundle, root } from "./bundle.ts";

const dist = join(root, "dist");

/** Bundled CommonJS packages call require(), which an ES module has only when it is made. */
const REQUIRE_BANNER = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

const esm: BuildOptions = { ...hostBundle, format: "esm", banner: { js: REQUIRE_BANNER } };

const programs: readonly Program[] = [
  { name: "gild", entryPoint: "cli/main.ts", firstRun: ["plan", "--offline", "examples/web-tweaks/recipe.yaml"] },
  { name: "gild-hv", entryPoint: "engine/hv/main.ts", firstRun: [] },
];

async function main(): Promise<void> {
  mkdirSync(dist, { recursive: true });
  for (const name of readdirSync(dist)) {
    if (name !== "types") rmSync(join(dist, name), { recursive: true, force: true });
  }
  mkdirSync(join(dist, "appliance"));

  await Promise.all([
    build({ ...esm, entryPoints: ["engine/index.ts"], outfile: "dist/engine.js" }),
    build({
      ...esm,
      entryPoints: ["appliance/build.ts"],
      outfile: "dist/appliance/build.js",
      external: ["esbuild", ...hostBundle.external],
    }),
    buildDaemon(join(dist, "guestfsd")),
    ...programs.map((program) => buildProgram(program, dist)),
  ]);
  copyApplianceFiles();
  cpSync(join(root, "engine", "hv", "gild-hv"), join(dist, "gild-hv"));
  writeFileSync(join(dist, "appliance", "key.json"), `${JSON.stringify(currentKeys())}\n`);
}

/** What the appliance builder reads beside its bundle: scripts, lists, C sources. */
function copyApplianceFiles(): void {
  for (const name of readdirSync(join(root, "appliance"))) {
    if (/\.(ts|md|tsbuildinfo)$/.test(name) || name === "tsconfig.json") continue;
    cpSync(join(root, "appliance", name), join(dist, "appliance", name), { recursive: true });
  }
  for (const name of ["enter-root.c", "guest-init.c", "tree"]) {
    cpSync(join(root, "guestfsd", "native", name), join(dist, "appliance", name), { recursive: true });
  }
}

await main();
