/** Optional features of the appliance (upstream daemon/available.c). */
import { defineAction } from "../action.ts";
import { string } from "../field.ts";
import { rBool, rInt, rStringList } from "../result.ts";

export const available_all_groups = defineAction({
  proc: 251,
  summary: "names of all feature groups",
  description: "Gives the names of all feature groups that this daemon knows, available or not, sorted.",
  args: {},
  ret: rStringList("groups"),
  effect: "read",
  errors: [],
  since: "1.3.15",
  tests: [{ init: "none", calls: [["available_all_groups"]], expect: { contains: "linuxxattrs" } }],
});

export const internal_feature_available = defineAction({
  proc: 458,
  summary: "test for a feature group",
  description:
    "Gives 0 when the group is available, 1 when it is known but not available, 2 when there is no such group.",
  args: { group: string("Name of the group.") },
  ret: rInt("result"),
  effect: "read",
  errors: [],
  since: "1.31.25",
  tests: [
    { init: "none", calls: [["internal_feature_available", { group: "linuxxattrs" }]], expect: { result: 0 } },
    { init: "none", calls: [["internal_feature_available", { group: "nonsense" }]], expect: { result: 2 } },
    { init: "none", calls: [["internal_feature_available", { group: "acl\0" }]], expect: { errno: "EINVAL" } },
  ],
});

export const filesystem_available = defineAction({
  proc: 333,
  summary: "tell whether the appliance's kernel knows a filesystem",
  description:
    "True when the kernel of the appliance has the filesystem or a module for it. Whether there is a program to make one is another matter.",
  args: { filesystem: string("Name, for example `ext4`: letters, digits and underscores.") },
  ret: rBool("fsavail"),
  effect: "read",
  errors: ["EINVAL"],
  since: "1.19.5",
  tests: [
    {
      init: "none",
      calls: [["filesystem_available", { filesystem: "xfs" }]],
      expect: { result: true },
      applianceOnly: "it would load a module on the host",
    },
    {
      init: "none",
      calls: [["filesystem_available", { filesystem: "nosuch" }]],
      expect: { result: false },
    },
    { init: "none", calls: [["filesystem_available", { filesystem: "../x" }]], expect: { errno: "EINVAL" } },
  ],
});
