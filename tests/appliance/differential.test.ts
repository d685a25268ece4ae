/**
 * The corpus of guestfish scripts on both appliances, Debian's and gild's, driven by Debian's unmodified guestfish: the same
 * is printed, the same errno comes, and the same reason of an error. What differs is in corpus/differences.json, each with why.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { debianAppliance } from "./support/debian-appliance.ts";
import { readCorpus, runCorpus, type CorpusLine, type Observation } from "./support/differential.ts";
import { errnos, failed, normalErrors, normalText } from "./support/normalise.ts";
import { mustGild } from "./support/program.ts";

const CALLS = 300;
const ACTIONS = 200;

const folder = mkdtempSync(join(tmpdir(), "gild-differential-"));
const lines = readCorpus();
/** Why the outcome of a line differs, by script and command. */
const differences = new Map(
  // A committed file of this shape.
  Object.entries(
    JSON.parse(readFileSync(new URL("corpus/differences.json", import.meta.url), "utf8")) as Readonly<
      Record<string, readonly string[]>
    >,
  ).flatMap(([why, commands]) => commands.map((command) => [command, why] as const)),
);
let debians: readonly Observation[];
let ours: readonly Observation[];

beforeAll(async () => {
  const run = async (name: string, appliance: string): Promise<Observation[]> => {
    mkdirSync(join(folder, name));
    return runCorpus(lines, appliance, join(folder, name));
  };
  [debians, ours] = await Promise.all([
    run("debian", await debianAppliance()),
    run("gild", (await mustGild(["appliance", "path"])).trim()),
  ]);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test(`the corpus makes ${CALLS} calls of ${ACTIONS} actions and more`, () => {
  const calls = debians.flatMap(({ replies }) => replies.map(({ action }) => action));

  process.stdout.write(
    `differential: ${calls.length} calls of ${new Set(calls).size} actions, ${differences.size} listed differences\n`,
  );
  expect(calls.length).toBeGreaterThanOrEqual(CALLS);
  expect(new Set(calls).size).toBeGreaterThanOrEqual(ACTIONS);
});

const [listed, others] = [true, false].map((wanted) =>
  lines.flatMap((line, index) => (differences.has(keyOf(line)) === wanted ? [{ ...line, index }] : [])),
);

test.each(others ?? [])("$place $command", ({ fails, index }) => {
  const [theirs, own] = outcomes(index);

  expect({ fails: failed(theirs), ...summary(own, theirs) }).toEqual({ fails, ...summary(theirs, theirs) });
});

test.each(listed ?? [])("$place $command: differs as it is said to", ({ index }) => {
  const [theirs, own] = outcomes(index);

  expect(summary(own, theirs)).not.toEqual(summary(theirs, theirs));
});

test("every listed difference is of a line of the corpus", () => {
  const keys = new Set(lines.map(keyOf));

  expect([...differences.keys()].filter((key) => !keys.has(key))).toEqual([]);
});

/** The script and the command: what a line is listed under. */
function keyOf({ place, command }: CorpusLine): string {
  return `${place.replace(/:.*/, "")}: ${command}`;
}

function outcomes(index: number): readonly [debian: Observation, gild: Observation] {
  const [theirs, own] = [debians[index], ours[index]];
  if (theirs === undefined || own === undefined) throw new Error("the line did not run");
  return [theirs, own];
}

/** What must be the same. Where libguestfs tells no errno gild may tell one. */
function summary(observation: Observation, theirs: Observation): object {
  const told = errnos(theirs.replies);
  return {
    text: normalText(observation),
    errnos: errnos(observation.replies).map((errno, index) => (told[index] === "" ? "" : errno)),
    errors: normalErrors(observation.replies),
  };
}
