/**
 * Where a file of the host has data and where holes. Node cannot ask (SEEK_DATA), qemu-img can. Runs end at pages, and small holes
 * count as data where there are very many.
 */
import type { FileHandle } from "node:fs/promises";

import type { DataRun } from "../../schemas/index.ts";
import { runHostCommand } from "../host-command.ts";
import type { Environment } from "../settings.ts";

const BLOCK = 512;
const PAGE = 4096n;
const MOST_RUNS = 16_384;
const TIMEOUT_MS = 60_000;

/** @returns undefined when the file has no holes @throws HostCommandError; SyntaxError, TypeError for what qemu-img never says */
export async function dataRuns(
  file: FileHandle,
  { size, blocks }: { readonly size: number; readonly blocks: number },
  env: Environment,
  signal: AbortSignal | undefined,
): Promise<readonly DataRun[] | undefined> {
  if (blocks * BLOCK >= size) return undefined;
  const image = `driver=raw,file.driver=file,file.filename=/proc/${process.pid}/fd/${file.fd},file.locking=off`;
  const { stdout } = await runHostCommand(["qemu-img", "map", "-U", "--output=json", "--image-opts", image], {
    env,
    signal,
    timeoutMs: TIMEOUT_MS,
  });
  const runs = parse(Buffer.from(stdout).toString("utf8")).filter((run) => run.start < size);
  let least = PAGE;
  let joined = join(runs, BigInt(size), least);
  for (; joined.length > MOST_RUNS; least *= 2n) joined = join(runs, BigInt(size), least * 2n);
  // To name no run is to say that all is data: of a file that is one hole the first page is.
  return joined.length > 0 ? joined : join([{ start: 0n, end: 1n }], BigInt(size), PAGE);
}

function parse(text: string): DataRun[] {
  const extents: unknown = JSON.parse(text);
  if (!Array.isArray(extents)) throw new TypeError("qemu-img map: not a list");
  return extents.flatMap((extent: unknown) => {
    if (typeof extent !== "object" || extent === null) throw new TypeError("qemu-img map: not a list of extents");
    const { start, length, data } = extent as { readonly [name: string]: unknown }; // members are looked at one by one
    if (typeof start !== "number" || typeof length !== "number") throw new TypeError("qemu-img map: no numbers");
    return data === true ? [{ start: BigInt(start), end: BigInt(start) + BigInt(length) }] : [];
  });
}

/** Runs widened to whole pages, and joined where less than `least` bytes lie between them. */
function join(runs: readonly DataRun[], size: bigint, least: bigint): DataRun[] {
  const joined: DataRun[] = [];
  for (const run of runs) {
    const start = run.start - (run.start % PAGE);
    const widened = run.end + ((PAGE - (run.end % PAGE)) % PAGE);
    const end = widened < size ? widened : size;
    const last = joined.at(-1);
    if (last !== undefined && start - last.end < least) joined[joined.length - 1] = { start: last.start, end };
    else joined.push({ start, end });
  }
  return joined;
}
