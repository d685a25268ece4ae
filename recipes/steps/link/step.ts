/** Step `link`: a symbolic link in the guest. Makes no hard links. */
import { call, closed, defineStep, flag, guestPath, text, type PlannedAction } from "../../../schemas/index.ts";
import { linkTarget, lstatGuest } from "../../guest-stat.ts";
import { FILE_EDIT } from "../traits.ts";

export const link = defineStep({
  name: "link",
  summary: "make a symbolic link",
  description:
    "Makes `path` a symbolic link to `target`. A link with another target is replaced. A file in its place is replaced " +
    "only with `force: true`, a folder never.",
  traits: FILE_EDIT,
  schema: closed(
    {
      path: guestPath("Path of the link in the guest."),
      target: text("What the link says, absolute or relative to its folder. It need not exist."),
      force: flag("Replace a file (not a folder) that stands in the link's place. Default: false."),
    },
    ["path", "target"],
  ),
  describe: ({ path, target }) => `${path} -> ${target}`,
  observe: async ({ g }, { path, force }) => {
    const before = await lstatGuest(g, path);
    if (before?.type === "directory") throw new Error(`link: ${path}: is a folder`);
    if (before !== undefined && before.type !== "symlink" && force !== true) {
      throw new Error(`link: ${path}: exists and is no link (give force: true to replace it)`);
    }
    return { present: before !== undefined, target: await linkTarget(g, path) };
  },
  lower: ({ path, target }, observed): readonly PlannedAction[] => {
    if (observed?.target === target) return [];
    const planned = [call("ln_s", { target, linkname: path })];
    return observed?.present === false ? planned : [call("rm_f", { path }), ...planned];
  },
});
