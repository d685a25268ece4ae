/** Every crash of a commit, and of the recovery after it: see crash-lab.ts. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";

import type { HostFiles } from "../../engine/host-files.ts";
import { checkQcow2, makeTinyDisk, type Format } from "./commit-fixture.ts";
import { CrashLab, type Tally } from "./crash-lab.ts";

const execute = promisify(execFile);
/** For each of the seven: together far more than 500. */
const LEAST_POINTS = 250;
const tallies = new Map<string, Tally>();
let work = "";

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), "gild-crash-"));
});

afterEach(async () => {
  await rm(work, { recursive: true });
});

afterAll(() => {
  const lines = [...tallies].map(([name, { commit, recovery, absent, old, new: fresh }]) =>
    [name.padEnd(34), commit, recovery, absent, old, fresh].map((cell) => String(cell).padStart(9)).join(""),
  );
  const head = ["".padEnd(34), "commit", "recovery", "absent", "old", "new"].map((cell) => cell.padStart(9)).join("");
  process.stdout.write(
    `crashes of a commit and of its recovery, and what came of them\n${[head, ...lines].join("\n")}\n`,
  );
});

async function clone(from: string, to: string): Promise<boolean> {
  await execute("cp", ["--preserve=all", from, to]);
  return true;
}
const noClone = async (): Promise<boolean> => false;

/** A fixed sequence: a failure comes again. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

const cloneRaw = async (from: string, to: string): Promise<boolean> => from.endsWith("raw") && (await clone(from, to));

interface Case {
  readonly name: string;
  readonly formats: readonly Format[];
  readonly cloning: HostFiles["clone"];
}
const cases: readonly Case[] = [
  { name: "raw, in place", formats: ["raw"], cloning: noClone },
  { name: "raw, cloned", formats: ["raw"], cloning: clone },
  { name: "qcow2, in place", formats: ["qcow2"], cloning: noClone },
  { name: "qcow2, cloned", formats: ["qcow2"], cloning: clone },
  { name: "raw and qcow2, in place", formats: ["raw", "qcow2"], cloning: noClone },
  { name: "raw and qcow2, cloned", formats: ["raw", "qcow2"], cloning: clone },
  { name: "raw cloned, qcow2 in place", formats: ["raw", "qcow2"], cloning: cloneRaw },
];
test.each(cases)(
  "$name: every crash leaves the old or, recovered, the new",
  async ({ name, formats, cloning }) => {
    const lab = new CrashLab(work, cloning, sequence(1));
    const pieces = formats.length === 1 ? 14 : 5;
    const disks = [];
    for (const format of formats) {
      disks.push(await makeTinyDisk(join(lab.folder, `disk.${format}`), format, pieces));
    }

    await lab.tryAll(disks);

    tallies.set(name, lab.tally);
    expect(lab.tally.old).toBeGreaterThan(0);
    expect(lab.tally.new).toBeGreaterThan(0);
    expect(lab.tally.commit + lab.tally.recovery).toBeGreaterThanOrEqual(LEAST_POINTS);
    // Every crash came to these very bytes.
    if (formats.includes("qcow2")) await checkQcow2(join(lab.folder, "disk.qcow2"));
  },
  300_000,
);
