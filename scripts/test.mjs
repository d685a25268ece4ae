// @ts-check
/**
 * `npm test`: the set-up where it has not been done, the fast checks, then all tests. The last line is the sum:
 * `N passed, N failed, N skipped`. In CI (CI=true) a skipped test counts as a failure.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { say, setUp } from "./setup.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const reports = join(root, ".cache", "test-reports");

/** @typedef {{ passed: number, failed: number, skipped: number }} Sum */

/**
 * @param {string} ring vitest project
 * @returns {Sum}
 */
function testRing(ring) {
  const report = join(reports, `${ring}.json`);
  rmSync(report, { force: true });
  const args = [
    "vitest",
    "run",
    "--project",
    ring,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ];
  const { status } = spawnSync("npx", ["--no-install", ...args], { cwd: root, stdio: "inherit" });
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const sum = JSON.parse(readFileSync(report, "utf8"));
  const failed = sum.numFailedTests + Math.max(0, sum.numFailedTestSuites - sum.numFailedTests);
  return {
    passed: sum.numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: sum.numPendingTests + sum.numTodoTests,
  };
}

/** @returns {Sum} the static checks count as one test */
function checkStatically() {
  const { status } = spawnSync("npm", ["run", "--silent", "check:static"], { cwd: root, stdio: "inherit" });
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
}

/** @returns {Sum} that every row of the benchmark runs; how fast, is shown and judged by readers */
function runBench() {
  const args = ["run", "--silent", "bench", "--", "--smoke"];
  const { status } = spawnSync("npm", args, { cwd: root, stdio: "inherit" });
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
}

/** @param {string} text */
function print(text) {
  process.stdout.write(`${text}\n`);
}

mkdirSync(reports, { recursive: true });
setUp({ forTests: true });
const sums = [];
say("format, lint, types, generated files");
sums.push(checkStatically());
say("unit and memory tests");
sums.push(testRing("fast"));
say("appliance tests");
sums.push(testRing("appliance"));
if (process.env["CI"] === "true") {
  say("benchmark, the quick run");
  sums.push(runBench());
}

/** @param {keyof Sum} kind */
const total = (kind) => sums.reduce((sum, ring) => sum + ring[kind], 0);
const skippedInCi = process.env["CI"] === "true" ? total("skipped") : 0;
if (skippedInCi > 0) print(`${skippedInCi} tests were skipped, which CI does not allow`);
const failed = total("failed") + skippedInCi;
print(`${total("passed")} passed, ${failed} failed, ${total("skipped") - skippedInCi} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
