/** Capabilities of files (upstream daemon/cap.c), in the text form of cap_to_text(3). */
import { defineAction } from "../action.ts";
import { pathname, string } from "../field.ts";
import { none, rString } from "../result.ts";

const path = pathname("File; symbolic links are followed.");
const common = { group: "linuxcaps", since: "1.19.63" } as const;

export const cap_get_file = defineAction({
  proc: 378,
  summary: "capabilities of a file",
  description: "Gives the capabilities of a file; nothing (an empty text) for a file that has none.",
  args: { path },
  ret: rString("cap"),
  effect: "read",
  errors: ["ENOENT"],
  ...common,
  tests: [
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/ping" }],
        ["cap_set_file", { path: "/ping", cap: "cap_net_raw,cap_net_admin=ep" }],
        ["cap_get_file", { path: "/ping" }],
      ],
      expect: { result: "cap_net_admin,cap_net_raw=ep" },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/ping" }],
        ["cap_get_file", { path: "/ping" }],
      ],
      expect: { result: "" },
    },
    { init: "scratch", calls: [["cap_get_file", { path: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const cap_set_file = defineAction({
  proc: 379,
  summary: "set the capabilities of a file",
  description: "Gives a file these capabilities and no others. Only a regular file can have any.",
  args: { path, cap: string("Capabilities as cap_from_text(3) reads them, e.g. `cap_net_raw=ep`.") },
  ret: none(),
  effect: "write",
  errors: ["ENOENT"],
  ...common,
  tests: [
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/ping" }],
        ["cap_set_file", { path: "/ping", cap: "cap_net_raw=ep" }],
        ["cap_set_file", { path: "/ping", cap: "cap_chown=p" }],
        ["cap_get_file", { path: "/ping" }],
      ],
      expect: { result: "cap_chown=p" },
    },
    {
      init: "scratch",
      calls: [["cap_set_file", { path: "/none", cap: "cap_net_raw=ep" }]],
      expect: { errno: "ENOENT" },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/ping" }],
        ["cap_set_file", { path: "/ping", cap: "cap_nonsense=ep" }],
      ],
      expect: { errno: "EINVAL" },
    },
    {
      init: "scratch",
      calls: [["cap_set_file", { path: "/", cap: "cap_net_raw=ep" }]],
      expect: { errno: "EINVAL" },
    },
  ],
});
