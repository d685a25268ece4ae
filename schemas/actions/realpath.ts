/** True spelling of paths (upstream daemon/realpath.c). */
import { defineAction } from "../action.ts";
import { pathname } from "../field.ts";
import { rString } from "../result.ts";

const WINDOWS = ["mkdir_p", { path: "/Windows/System32" }] as const;

export const case_sensitive_path = defineAction({
  proc: 197,
  summary: "find the true spelling of a path of Windows",
  description:
    "Looks up each name of a path without regard to upper and lower case, one spelt exactly so before others, and gives the path as it is on the filesystem. The last name may be missing, and is given back as it is; a slash at the end asks for a directory.",
  args: { path: pathname("Path; `.` and `..` are names like others and not found.") },
  ret: rString("rpath"),
  effect: "read",
  errors: ["ENOENT", "ENOTDIR"],
  since: "1.0.75",
  tests: [
    {
      init: "scratch",
      calls: [WINDOWS, ["case_sensitive_path", { path: "//windows/SYSTEM32/" }]],
      expect: { result: "/Windows/System32" },
    },
    {
      init: "scratch",
      calls: [WINDOWS, ["case_sensitive_path", { path: "/WINDOWS/system32/New.sys" }]],
      expect: { result: "/Windows/System32/New.sys" },
    },
    {
      init: "scratch",
      calls: [WINDOWS, ["mkdir", { path: "/windows" }], ["case_sensitive_path", { path: "/windows" }]],
      expect: { result: "/windows" },
    },
    { init: "scratch", calls: [["case_sensitive_path", { path: "/" }]], expect: { result: "/" } },
    {
      init: "scratch",
      calls: [WINDOWS, ["case_sensitive_path", { path: "/windows/System33/x" }]],
      expect: { errno: "ENOENT" },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["case_sensitive_path", { path: "/F/x" }],
      ],
      expect: { errno: "ENOTDIR" },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["case_sensitive_path", { path: "/F/" }],
      ],
      expect: { errno: "ENOTDIR" },
    },
    { init: "scratch", calls: [["case_sensitive_path", { path: "/none/" }]], expect: { errno: "ENOENT" } },
  ],
});
