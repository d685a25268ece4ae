/** Writing out what is cached (upstream daemon/sync.c). */
import { defineAction } from "../action.ts";
import { none } from "../result.ts";

export const sync = defineAction({
  proc: 2,
  summary: "write everything to the disks",
  description: "Writes all cached data to the disks and waits until they hold it.",
  args: {},
  ret: none(),
  effect: "write",
  errors: [],
  since: "0.0.3",
  tests: [{ init: "none", calls: [["sync"]], expect: { succeeds: true } }],
});

export const internal_autosync = defineAction({
  proc: 282,
  summary: "leave the disks whole before the end",
  description:
    "What a library calls last: unmounts everything, then writes all cached data to the disks and waits until they hold it.",
  args: {},
  ret: none(),
  effect: "write",
  errors: ["EBUSY"],
  since: "1.9.7",
  tests: [
    {
      init: "scratch",
      calls: [["internal_autosync"], ["mounts"]],
      expect: { result: [] },
      applianceOnly: "nothing is mounted there",
    },
  ],
});
