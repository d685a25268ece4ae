/** Waiting (upstream daemon/sleep.c). */
import { defineAction } from "../action.ts";
import { int } from "../field.ts";
import { none } from "../result.ts";

export const sleep = defineAction({
  proc: 109,
  summary: "wait",
  description: "Waits, and does nothing else: no other call is answered meanwhile.",
  args: { secs: int("Seconds.") },
  ret: none(),
  effect: "read",
  errors: ["EINVAL"],
  since: "1.0.41",
  tests: [
    { init: "none", calls: [["sleep", { secs: 0 }]], expect: { succeeds: true } },
    { init: "none", calls: [["sleep", { secs: -1 }]], expect: { errno: "EINVAL" } },
  ],
});
