/** A run of the fuzzer: so many mutated messages for each side, from one seed. */
import { sampleCalls, sampleReplies, type Sample } from "./messages.ts";
import { createRandom, mutate } from "./mutate.ts";
import { answerCall, createDecodingDaemon, type Ending } from "./survive.ts";

export interface Tally {
  readonly messages: number;
  /** Actions whose messages were mutated. */
  readonly actions: number;
  readonly endings: Readonly<Record<Ending, number>>;
  /** The most memory that was in use, bytes beyond what was in use at the start. */
  readonly grownBytes: number;
}

/** Messages between two looks at the memory. */
const STRIDE = 1000;

/** @throws Error with the bytes, where a message was not survived */
export async function fuzzDaemon(count: number, seed: number): Promise<Tally> {
  const daemon = createDecodingDaemon();
  return fuzz(sampleCalls(), count, seed, (_sample, bytes) => daemon(bytes));
}

/** @throws Error with the bytes, where a message was not survived */
export async function fuzzClient(count: number, seed: number): Promise<Tally> {
  return fuzz(sampleReplies(), count, seed, answerCall);
}

async function fuzz(
  samples: readonly Sample[],
  count: number,
  seed: number,
  give: (sample: Sample, bytes: Uint8Array) => Ending | Promise<Ending>,
): Promise<Tally> {
  const random = createRandom(seed);
  const endings: Record<Ending, number> = { result: 0, refused: 0, broken: 0, ended: 0 };
  const actions = new Set<string>();
  const before = memory();
  let most = before;
  for (let index = 0; index < count; index += 1) {
    const sample = sampleAt(samples, index);
    const bytes = mutate(sample.bytes, sampleAt(samples, random.below(samples.length)).bytes, random);
    endings[await survived(sample, bytes, give)] += 1;
    actions.add(sample.name);
    if (index % STRIDE === 0) most = Math.max(most, memory());
  }
  return { messages: count, actions: actions.size, endings, grownBytes: most - before };
}

async function survived(sample: Sample, bytes: Buffer, give: Give): Promise<Ending> {
  try {
    return await give(sample, bytes);
  } catch (error) {
    throw new Error(`${sample.name}: not survived: ${bytes.toString("hex")}`, { cause: error });
  }
}

type Give = (sample: Sample, bytes: Uint8Array) => Ending | Promise<Ending>;

/** Every sample in turn, so that each action gets its share. */
function sampleAt(samples: readonly Sample[], index: number): Sample {
  const sample = samples[index % samples.length];
  if (sample === undefined) throw new Error("no samples");
  return sample;
}

function memory(): number {
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}
