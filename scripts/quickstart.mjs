// @ts-check
/**
 * `npm run quickstart`: the set-up, then gild's main job, shown: a bootable Debian image from a recipe on a blank disk,
 * the plan of a second recipe for that image, its application, and a second application that finds nothing to change.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { run, say, setUp } from "./setup.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, ".cache", "quickstart");
const image = join(folder, "debian.qcow2");
const golden = "examples/debian-golden/recipe.yaml";
const web = "examples/web-tweaks/recipe.yaml";

/** @param {string[]} args shown as the command a user would type, then run */
function gild(...args) {
  say(`gild ${args.join(" ")}`);
  run("node", ["dist/gild.js", ...args]);
}

/** @returns {string} the tar file of the Debian root that the set-up made */
function guestRoot() {
  const result = spawnSync("npx", ["--no-install", "tsx", "examples/debian-root/build.ts", "--path"], {
    cwd: root,
    encoding: "utf8",
  });
  if (result.status !== 0) throw new Error(`examples/debian-root/build.ts --path: ${result.stderr}`);
  return result.stdout.trim();
}

setUp({ forTests: false });
mkdirSync(folder, { recursive: true });
rmSync(image, { force: true });

say("1. a bootable Debian image from a recipe, on a blank disk");
gild("apply", golden, "-o", image, "--var", `rootfs=${guestRoot()}`);
say("2. what a second recipe would change in it: nothing is touched");
gild("plan", web, "-a", image);
say("3. the change");
gild("apply", web, "-a", image);
say("4. the same again");
gild("apply", web, "-a", image);
say(`the image: ${image}`);
