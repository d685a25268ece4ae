/** The file mode creation mask (upstream daemon/umask.c). */
import { defineAction } from "../action.ts";
import { mode } from "../field.ts";
import { rInt } from "../result.ts";

export const umask = defineAction({
  proc: 137,
  summary: "set the file mode creation mask",
  description:
    "Sets the mask of all later calls that create files, 0 to 0777, and gives the one before. It begins as 022.",
  args: { mask: mode("Bits that new files do not get.") },
  ret: rInt("oldmask"),
  effect: "config",
  errors: [],
  since: "1.0.55",
  tests: [
    {
      init: "none",
      calls: [
        ["umask", { mask: "0077" }],
        ["umask", { mask: "0022" }],
      ],
      expect: { result: 0o77 },
    },
    { init: "none", calls: [["umask", { mask: "1000" }]], expect: { errno: "EINVAL" } },
  ],
});

export const get_umask = defineAction({
  proc: 240,
  summary: "the file mode creation mask",
  description: "Gives the mask that umask sets.",
  args: {},
  ret: rInt("mask"),
  effect: "read",
  errors: [],
  since: "1.3.4",
  tests: [{ init: "none", calls: [["get_umask"]], expect: { result: 0o22 } }],
});
