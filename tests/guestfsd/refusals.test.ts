/** Every action refuses, by the daemon's own decoder, what it does not take: derived from the table, nothing is run. */
import { describe, expect, it } from "vitest";

import { createDaemon } from "../../guestfsd/index.ts";
import {
  actions,
  callHeader,
  encodeArgs,
  encodeHeader,
  FIRST_SERIAL,
  frame,
  streamArg,
  wireArgs,
  type AnyAction,
} from "../../schemas/index.ts";
import { sampleCalls } from "../fuzz/messages.ts";
import { answerOf, fileChunks } from "./test-client.ts";

const table: readonly (readonly [string, AnyAction])[] = Object.entries(actions);
/** A daemon whose handlers must not be reached. */
const daemon = createDaemon({
  sysroot: "/none",
  handlers: Object.fromEntries(
    table.map(([name]) => [
      name,
      () => {
        throw new Error(`${name}: run`);
      },
    ]),
  ),
});

/** errno of the answer to a call with these arguments; a group that is not there is told first. */
function refusal(action: AnyAction, bytes: Uint8Array, optargs_bitmask: bigint): string | undefined {
  const header = encodeHeader(callHeader({ proc: action.proc, serial: FIRST_SERIAL, optargs_bitmask }));
  const file = streamArg(action)?.direction === "in" ? fileChunks("") : new Uint8Array();
  const { error } = answerOf(action, daemon.handle(Buffer.concat([frame(header, bytes), file])));
  return error?.errno === "ENOTSUP" && action.group !== undefined ? "EINVAL" : error?.errno;
}

describe("what an action does not take is refused", () => {
  it.each(table)("%s: an option that it does not know", (name, action) => {
    const sample = sampleCalls([name])[0];
    const { bytes } = encodeArgs(action, sample?.args ?? {});

    expect(refusal(action, bytes, 1n << BigInt(Object.keys(action.optargs).length))).toBe("EINVAL");
  });

  it.each(table.filter(([, action]) => wireArgs(action).length > 0))("%s: an argument too few", (name, action) => {
    const sample = sampleCalls([name])[0];
    const { bytes } = encodeArgs({ ...action, optargs: {} }, sample?.args ?? {});

    expect(refusal(action, bytes.subarray(0, bytes.length - 4), 0n)).toBe("EINVAL");
  });
});
