/**
 * `npm run bench`: gild and Debian's libguestfs tools side by side on this machine, medians, ratios, peak memory.
 *
 *     npm run bench [-- --smoke] [-- --only TEXT]
 *
 * `--smoke` runs what takes less than two minutes, once, and does not look at memory; `--only` those whose name has the text. Never
 * fails on a time. Results are also written as JSON to bench-results/.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { imageRows } from "./image-rows.ts";
import { ownEnv, peerEnv, root, work } from "./places.ts";
import { planRows } from "./plan-rows.ts";
import type { Measured, Result, Row } from "./row.ts";
import { measure, must, withMemory } from "./run.ts";
import { sessionRows } from "./session-rows.ts";

const OWN_RUNS = 7;
const PEER_RUNS = 3;

async function main(): Promise<void> {
  const values = readArguments();
  mkdirSync(work, { recursive: true });
  const rows = [...sessionRows(values.smoke), ...imageRows(values.smoke), ...planRows()].filter(({ name }) =>
    name.includes(values.only),
  );
  if (rows.length === 0) refuse(`--only ${values.only}: no row has that in its name`);
  const machine = describeMachine();
  console.log(`${machine}\n`);
  const results: Result[] = [];
  for (const row of rows) {
    const result = await compare(row, values.smoke);
    results.push(result);
    console.log(lineOf(result));
  }
  console.log(`\n${table(results)}`);
  const folder = join(root, "bench-results");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${new Date().toISOString().replaceAll(":", "")}.json`);
  writeFileSync(file, `${JSON.stringify({ machine, results }, null, 2)}\n`);
  console.log(`\nwritten: ${file}`);
}

function readArguments(): { readonly smoke: boolean; readonly only: string } {
  try {
    return parseArgs({
      options: { smoke: { type: "boolean", default: false }, only: { type: "string", default: "" } },
    }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(reason: string): never {
  console.error(`bench: ${reason}\nusage: npm run bench [-- --smoke] [-- --only TEXT]`);
  process.exit(1);
}

/** What the peer took, by how the disk was prepared and what it ran: three rows compare with a plain launch. */
const peers = new Map<string, Measured>();

async function compare(row: Row, smoke: boolean): Promise<Result> {
  const { name, goal } = row;
  const measured = await measure(row, row.gild, ownEnv, smoke && row.quick !== true ? 1 : OWN_RUNS);
  const gild = smoke ? measured : await withMemory(measured, row, row.gild, ownEnv);
  const shown = { name, gild, ...(goal === undefined ? {} : { goal }) };
  if (row.peer === undefined) return shown;
  const job = `${row.prepare.name}: ${JSON.stringify(row.peer)}`;
  const peer = peers.get(job) ?? (await measure(row, row.peer, peerEnv, smoke ? 1 : PEER_RUNS));
  peers.set(job, peer);
  return { ...shown, peer, ratio: peer.seconds / gild.seconds };
}

function describeMachine(): string {
  const packages = must(["dpkg-query", "-W", "-f", "${Package} ${Version}\n", "libguestfs-tools", "qemu-system-x86"]);
  const processor = cpus()[0]?.model ?? "unknown processor";
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} x ${processor}, ${memory} GiB, Node ${process.version}, TCG\n${packages.trim().replaceAll("\n", ", ")}`;
}

function table(results: readonly Result[]): string {
  const head = [
    "| job | gild | libguestfs | ratio | goal | gild's peak memory, MiB: own + guests' |",
    "| --- | --- | --- | --- | --- | --- |",
  ];
  return [...head, ...results.map(lineOf)].join("\n");
}

function lineOf({ name, gild, peer, ratio, goal }: Result): string {
  const seconds = (value: number | undefined): string => (value === undefined ? "-" : `${value.toFixed(2)} s`);
  const times = (value: number | undefined): string => (value === undefined ? "" : `${value.toFixed(1)}x`);
  const goals = [times(goal?.ratio), goal?.seconds === undefined ? "" : `${goal.seconds} s`].filter(
    (text) => text !== "",
  );
  const own = gild.peakMiB === undefined ? "" : `${gild.peakMiB - (gild.guestMiB ?? 0)} + ${gild.guestMiB ?? 0}`;
  const cells = [name, seconds(gild.seconds), seconds(peer?.seconds), times(ratio), goals.join(", "), own];
  return `| ${cells.join(" | ")} |`;
}

await main();
