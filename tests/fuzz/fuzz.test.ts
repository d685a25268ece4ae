/**
 * Both decoders against mutated messages of every action, in a run small enough for every build; `npm run fuzz` is the long
 * one. A crash that it finds becomes a line of CRASHES.
 */
import { expect, test } from "vitest";

import { actions } from "../../schemas/index.ts";
import { sampleCalls, sampleReplies } from "./messages.ts";
import { createRandom, mutate, mutations } from "./mutate.ts";
import { fuzzClient, fuzzDaemon } from "./run.ts";
import { answerCall, createDecodingDaemon } from "./survive.ts";

const MESSAGES = 20_000;
const SEED = 20_261_121;
/** Messages are at most 4 MiB: what is in use at any time is some of them, and what the collector has not taken yet. */
const MOST_BYTES = 256 * 1024 ** 2;
const ALL_ACTIONS = Object.keys(actions).length;

test.each(Object.entries({ daemon: fuzzDaemon, client: fuzzClient }))("the %s survives", async (_side, run) => {
  const tally = await run(MESSAGES, SEED);

  expect(tally.messages).toBe(MESSAGES);
  expect(tally.actions).toBe(ALL_ACTIONS);
  expect(tally.grownBytes).toBeLessThan(MOST_BYTES);
  // The mutations reach all of the ways a call can end: none is only broken framing.
  for (const count of Object.values(tally.endings)) expect(count).toBeGreaterThan(MESSAGES / 100);
});

test("messages that are not mutated are served and understood", async () => {
  const daemon = createDecodingDaemon();

  const served = sampleCalls().filter(({ bytes }) => !["result", "refused"].includes(daemon(bytes)));
  const understood = [];
  for (const sample of sampleReplies()) understood.push(await answerCall(sample, sample.bytes));

  expect(served.map(({ name }) => name)).toEqual([]);
  expect(new Set(understood)).toEqual(new Set(["result", "refused"]));
});

test("a seed gives the same mutations, and every kind of them changes bytes", () => {
  const [first, second] = sampleCalls();
  if (first === undefined || second === undefined) throw new Error("no samples");
  const made = [1, 1, 2].map((seed) => mutate(first.bytes, second.bytes, createRandom(seed)).toString("hex"));

  expect(made[0]).toBe(made[1]);
  expect(made[0]).not.toBe(made[2]);
  for (const mutation of Object.values(mutations)) {
    const results = Array.from({ length: 20 }, (_, seed) =>
      mutation(first.bytes, createRandom(seed + 1), second.bytes),
    );
    expect(results.some((bytes) => !bytes.equals(first.bytes))).toBe(true);
  }
});
