/** md arrays (upstream daemon/md.ml). */
import { defineAction } from "../action.ts";
import { rStringList } from "../result.ts";

export const list_md_devices = defineAction({
  proc: 300,
  summary: "list md arrays",
  description: "Gives the md arrays that are running.",
  args: {},
  ret: rStringList("devices", "RDevice"),
  effect: "read",
  errors: [],
  since: "1.15.4",
  tests: [{ init: "disk", calls: [["list_md_devices"]], expect: { result: [] } }],
  testExcuse: "takes no argument and always succeeds",
});
