/** Step `delete`: a file or folder that must not be in the guest. */
import { call, closed, defineStep, matching, type PlannedAction } from "../../../schemas/index.ts";
import { lstatGuest } from "../../guest-stat.ts";
import { FILE_EDIT } from "../traits.ts";

export const deleteStep = defineStep({
  name: "delete",
  summary: "delete a file or folder",
  description:
    "Deletes what is at the path: a file, a link (not what it points to), or a folder with everything in it. Nothing " +
    "happens when there is nothing. Patterns are not expanded.",
  traits: FILE_EDIT,
  schema: closed({ path: matching("^/+[^/]", "Path in the guest, not the root folder.") }, ["path"]),
  short: "path",
  check: ({ path }) =>
    path.split("/").every((part) => part === "" || part === "." || part === "..")
      ? [{ at: ["path"], summary: "this is the root folder" }]
      : [],
  describe: ({ path }) => path,
  observe: async ({ g }, { path }) => (await lstatGuest(g, path))?.type ?? "absent",
  lower: ({ path }, observed): readonly PlannedAction[] => {
    if (observed === "absent") return [];
    return [call(observed === undefined || observed === "directory" ? "rm_rf" : "rm_f", { path })];
  },
});
