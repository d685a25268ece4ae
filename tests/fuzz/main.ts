/** `npm run fuzz [MESSAGES [SEED]]`: so many mutated messages (default a million) for the daemon and for the client. */
import { fuzzClient, fuzzDaemon } from "./run.ts";

const MILLION = 1_000_000;

const [messages = String(MILLION), seed = String(Date.now() % MILLION)] = process.argv.slice(2);
for (const [side, run] of Object.entries({ daemon: fuzzDaemon, client: fuzzClient })) {
  const started = performance.now();
  const tally = await run(Number(messages), Number(seed));
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  process.stdout.write(`${side}: seed ${seed}, ${seconds} s: ${JSON.stringify(tally)}\n`);
}
