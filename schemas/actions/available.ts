/** Optional features of the appliance (upstream daemon/available.c). */
import { defineAction } from "../action.ts";
import { string } from "../field.ts";
import { rInt, rStringList } from "../result.ts";

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
  testExcuse: "it cannot fail",
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
  ],
  testExcuse: "an unknown group is a result, not an error",
});
