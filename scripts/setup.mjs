// @ts-check
/**
 * Brings a fresh Debian 12 with Node, npm and git to where gild runs: Debian packages that are missing (listed first),
 * npm packages from the lock file, bundles, appliance, and the small Debian root that examples and tests build on.
 * Plain JavaScript, because it runs before any npm package is there. Each part is left alone when it is up to date.
 *
 *     node scripts/setup.mjs [--test]     --test adds the programs that only the tests need
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Runs a program in the project's folder with its output shown.
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export function run(program, args, env = process.env) {
  const result = spawnSync(program, args, { cwd: root, stdio: "inherit", env });
  if (result.error) throw new Error(`${program}: ${result.error.message}`, { cause: result.error });
  if (result.status !== 0)
    throw new Error(`${program} ${args.join(" ")}: exit status ${result.status ?? result.signal}`);
}

/** @param {string} text */
export function say(text) {
  process.stdout.write(`== ${text}\n`);
}

/** @param {string} file list of programs and the packages that hold them @returns {string[]} packages */
function packagesOf(file) {
  /** @type {{ programs: { package: string }[] }} */
  const { programs } = JSON.parse(readFileSync(join(root, file), "utf8"));
  return programs.map((program) => program.package);
}

/** @param {boolean} forTests @returns {string[]} Debian packages, without repeats */
function wantedPackages(forTests) {
  const packages = packagesOf("appliance/prerequisites.json");
  if (forTests) packages.push(...packagesOf("scripts/test-prerequisites.json"));
  return [...new Set(packages)].sort();
}

/** @param {string[]} packages @returns {string[]} those that dpkg does not have installed */
function missingPackages(packages) {
  const query = spawnSync("dpkg-query", ["-W", "-f", "${Package} ${db:Status-Status}\n", ...packages], {
    encoding: "utf8",
  });
  const installed = new Set(
    query.stdout.split("\n").flatMap((line) => (line.endsWith(" installed") ? [line.split(" ")[0]] : [])),
  );
  return packages.filter((name) => !installed.has(name));
}

/** @param {string[]} packages */
function installPackages(packages) {
  const missing = missingPackages(packages);
  if (missing.length === 0) return;
  say(`installing ${missing.length} Debian packages: ${missing.join(" ")}`);
  const sudo = process.getuid?.() === 0 ? [] : ["sudo"];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  /** @param {string[]} args */
  const apt = (...args) => {
    const [program = "apt-get", ...rest] = [...sudo, "apt-get", "-q", ...args];
    run(program, rest, env);
  };
  apt("update");
  apt("install", "-y", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0", ...missing);
}

function installNpmPackages() {
  const installed = join(root, "node_modules", ".package-lock.json");
  const lock = join(root, "package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  say("installing npm packages from package-lock.json");
  // Not `npm ci`: it refuses a lock file that leaves out another platform's optional package, although nothing here uses it.
  run("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"]);
}

/**
 * Everything; see the top of the file.
 * @param {{ forTests: boolean }} options
 */
export function setUp({ forTests }) {
  installPackages(wantedPackages(forTests));
  installNpmPackages();
  if (existsSync(join(root, ".git"))) run("git", ["config", "core.hooksPath", ".githooks"]);
  say("building the bundles");
  run("npm", ["run", "--silent", "build"]);
  say("building the appliance (kept in the cache)");
  run("node", ["dist/gild.js", "appliance", "build"]);
  say("building the Debian guest root (kept in the cache)");
  run("npx", ["--no-install", "tsx", "examples/debian-root/build.ts"]);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  setUp({ forTests: process.argv.includes("--test") });
}
