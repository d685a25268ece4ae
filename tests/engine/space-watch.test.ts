import { expect, test } from "vitest";

import { watchSpace } from "../../engine/space-watch.ts";

test("a full filesystem ends the run", async () => {
  const free = [1n << 40n, 0n];
  const watch = watchSpace(["/var/tmp"], async () => free.shift() ?? 0n);

  await new Promise((resolve) => {
    watch.signal.addEventListener("abort", resolve);
  });

  expect(watch.signal.reason).toMatchObject({ code: "no-space", message: expect.stringContaining("/var/tmp") });
});

test("a stopped watch and a filesystem that cannot be asked are quiet", async () => {
  let asked = 0;
  const watch = watchSpace(["/x"], async () => {
    asked += 1;
    throw new Error("gone");
  });

  await expect.poll(() => asked, { timeout: 5000 }).toBeGreaterThan(0);
  watch.stop();

  expect(watch.signal.aborted).toBe(false);
});
