/** Yara rules: files told by patterns in them (upstream daemon/yara.c). One set of rules. */
import { defineAction } from "../action.ts";
import { fileIn, fileOut, pathname } from "../field.ts";
import { none } from "../result.ts";
import type { Json } from "../json.ts";

type Call = readonly [action: string, args?: Readonly<Record<string, Json>>];

const common = { group: "libyara", since: "1.37.13" } as const;
const RULES = `rule Greeting { strings: $hello = "hello" condition: $hello }
rule Short { condition: filesize < 100 }
rule Never { condition: false }
`;

const loaded: readonly Call[] = [["yara_load", { filename: RULES }]];
const destroyed: readonly Call[] = [...loaded, ["yara_destroy"]];

export const yara_load = defineAction({
  proc: 472,
  summary: "load Yara rules",
  description:
    "Loads rules, as source or compiled by yarac of the same version, for internal_yara_scan. Rules that were loaded are dropped first. " +
    "Source cannot include other files.",
  args: { filename: fileIn("File of rules.") },
  ret: none(),
  effect: "config",
  errors: ["EINVAL"],
  ...common,
  tests: [
    { init: "none", calls: loaded, expect: { succeeds: true } },
    { init: "none", calls: [["yara_load", { filename: "rule Broken {" }]], expect: { errno: "EINVAL" } },
    { init: "none", calls: [["yara_load", { filename: 'include "/etc/passwd"' }]], expect: { errno: "EINVAL" } },
    {
      init: "none",
      calls: [...loaded, ["yara_load", { filename: "YARA\u0001\u0001\u0001\u0001" }]],
      expect: { errno: "" },
    },
  ],
});

export const yara_destroy = defineAction({
  proc: 473,
  summary: "drop the Yara rules",
  description: "Drops the rules that yara_load loaded, and the memory they take.",
  args: {},
  ret: none(),
  effect: "config",
  errors: [],
  ...common,
  tests: [
    { init: "none", calls: destroyed, expect: { succeeds: true } },
    { init: "none", calls: [...destroyed, ["yara_destroy"]], expect: { errno: "" } },
  ],
});

export const internal_yara_scan = defineAction({
  proc: 474,
  summary: "rules that match a file",
  description:
    "Sends a yara_detection struct (XDR) for every loaded rule that matches a regular file. Internal: the library's yara_scan takes them apart.",
  args: { path: pathname("File; symbolic links are followed."), filename: fileOut("Where the structs go.") },
  ret: none(),
  effect: "read",
  errors: ["ENOENT", "EISDIR"],
  ...common,
  tests: [
    {
      init: "scratch",
      calls: [
        ...loaded,
        ["internal_write", { path: "/file", content: "Oh, hello." }],
        ["internal_yara_scan", { path: "/file" }],
      ],
      expect: { result: "\0\0\0\u0005/file\0\0\0\0\0\0\u0008Greeting\0\0\0\u0005/file\0\0\0\0\0\0\u0005Short\0\0\0" },
    },
    {
      init: "scratch",
      calls: [...loaded, ["touch", { path: "/empty" }], ["internal_yara_scan", { path: "/empty" }]],
      expect: { contains: "Short" },
    },
    {
      init: "scratch",
      calls: [...loaded, ["internal_yara_scan", { path: "/none" }]],
      expect: { errno: "ENOENT" },
    },
    { init: "scratch", calls: [...loaded, ["internal_yara_scan", { path: "/" }]], expect: { errno: "EISDIR" } },
    {
      init: "scratch",
      calls: [...destroyed, ["touch", { path: "/file" }], ["internal_yara_scan", { path: "/file" }]],
      expect: { errno: "" },
    },
  ],
});
