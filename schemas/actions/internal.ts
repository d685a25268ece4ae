/** Calls about the daemon itself (upstream daemon/internal.c, ping). */
import { defineAction } from "../action.ts";
import { stringList } from "../field.ts";
import { none, rString } from "../result.ts";

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
});

export const echo_daemon = defineAction({
  proc: 195,
  summary: "give words back",
  description: "Gives the words back, joined by blanks. It shows that arguments and results come through whole.",
  args: { words: stringList("Words.") },
  ret: rString("output"),
  effect: "read",
  errors: [],
  since: "1.0.69",
  tests: [
    { init: "none", calls: [["echo_daemon", { words: ["a", "\udcff b", ""] }]], expect: { result: "a \udcff b " } },
    { init: "none", calls: [["echo_daemon", { words: ["a\0b"] }]], expect: { errno: "EINVAL" } },
  ],
});
