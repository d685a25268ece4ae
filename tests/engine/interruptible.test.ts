import { expect, test } from "vitest";

import { interruptible } from "../../engine/interruptible.ts";
import type { CallOptions, Guestfs } from "../../schemas/index.ts";

test("every call is given the signal, and a call's own goes first", async () => {
  const seen: (CallOptions | undefined)[] = [];
  const mkdir = async (_args: unknown, options?: CallOptions): Promise<undefined> => void seen.push(options);
  const [outer, own] = [new AbortController().signal, new AbortController().signal];
  // Only mkdir is called.
  const g = interruptible({ mkdir } as unknown as Guestfs, outer);

  await g.mkdir({ path: "/a" });
  await g.mkdir({ path: "/a" }, { signal: own });

  expect(seen.map((options) => options?.signal)).toEqual([outer, own]);
});
