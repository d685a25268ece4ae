/** The pace of progress messages, and that a call sends them before its reply. */
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";

import { createDaemon } from "../../guestfsd/index.ts";
import { callBytes, unitsOf } from "./test-client.ts";

describe("progress", () => {
  /** What a call sends that reports each of these positions (of 10,000) at that millisecond. */
  function sentFor(positions: readonly number[]): readonly string[] {
    let now = 0;
    const daemon = createDaemon({
      sysroot: tmpdir(),
      nowMs: () => now,
      handlers: {
        ping_daemon(_args, context) {
          for (const position of positions) {
            now = position;
            context.progress(position, 10_000);
          }
        },
      },
    });
    return unitsOf(daemon.handle(callBytes("ping_daemon"))).map((unit) =>
      unit.type === "progress" ? `${unit.progress.position}/${unit.progress.total}` : unit.type,
    );
  }

  it("is silent in the first two seconds", () => {
    expect(sentFor([0, 1000, 1999])).toEqual(["data"]);
  });

  it("comes three times a second at most, and with the total at the end", () => {
    expect(sentFor([2000, 2100, 2300, 2400, 2500, 3000])).toEqual([
      "2000/10000",
      "2400/10000",
      "3000/10000",
      "10000/10000",
      "data",
    ]);
  });

  it("is not repeated at the end when it was complete", () => {
    expect(sentFor([2000, 10_000])).toEqual(["2000/10000", "10000/10000", "data"]);
  });
});
