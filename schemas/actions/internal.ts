/** Calls about the daemon itself (upstream daemon/internal.c, ping). */
import { defineAction } from "../action.ts";
import { none } from "../result.ts";

export const ping_daemon = defineAction({
  proc: 92,
  summary: "test that the daemon answers",
  description: "Does nothing. A reply says that the appliance runs and the channel works.",
  args: {},
  ret: none(),
  effect: "read",
  errors: [],
  since: "1.0.18",
  tests: [{ init: "none", calls: [["ping_daemon"]], expect: { succeeds: true } }],
  testExcuse: "it cannot fail",
});
