/** Space on mounted filesystems, for people to read (upstream daemon/df.c). */
import { defineAction } from "../action.ts";
import { rString } from "../result.ts";

const showing = {
  args: {},
  ret: rString("output"),
  effect: "read",
  errors: [],
  since: "1.0.54",
} as const;
const MOUNTED = "of everything mounted in the appliance, the guest below `/sysroot`. Programs use `statvfs`.";

export const df = defineAction({
  ...showing,
  proc: 125,
  summary: "show the space on mounted filesystems",
  description: `Gives what \`df\` prints ${MOUNTED}`,
  tests: [{ init: "scratch", calls: [["df"]], expect: { contains: "Use% Mounted on" } }],
});

export const df_h = defineAction({
  ...showing,
  proc: 126,
  summary: "show the space on mounted filesystems in human units",
  description: `Gives what \`df -h\` prints ${MOUNTED}`,
  tests: [{ init: "scratch", calls: [["df_h"]], expect: { matches: "Size.*Use% Mounted on" } }],
});
