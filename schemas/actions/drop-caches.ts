/** Memory of the appliance's kernel (upstream daemon/drop-caches.c). */
import { defineAction } from "../action.ts";
import { int } from "../field.ts";
import { none } from "../result.ts";

export const drop_caches = defineAction({
  proc: 90,
  summary: "drop the caches of the appliance's kernel",
  description:
    "Writes out what is not on the disks yet, then frees the page cache, or names and inodes, or both. For measurements: the kernel does it itself when memory is short.",
  args: { whattodrop: int("1: page cache, 2: names and inodes, 3: both; 4 more: no message about it.") },
  ret: none(),
  effect: "config",
  errors: ["EINVAL"],
  since: "1.0.18",
  tests: [
    {
      init: "none",
      calls: [["drop_caches", { whattodrop: 3 }]],
      expect: { succeeds: true },
      applianceOnly: "it would drop the host's caches",
    },
    { init: "none", calls: [["drop_caches", { whattodrop: 0 }]], expect: { errno: "EINVAL" } },
  ],
});
