/** Step `chmod`: permission bits of one file or folder. */
import { closed, defineStep, guestPath, octalMode } from "../../../schemas/index.ts";
import { ownershipActions } from "../../guest-owner.ts";
import { statGuest } from "../../guest-stat.ts";
import { FILE_EDIT } from "../traits.ts";

export const chmod = defineStep({
  name: "chmod",
  summary: "set permission bits",
  description: "Sets the permission bits of a file or folder, which must exist. A symbolic link is followed.",
  traits: FILE_EDIT,
  schema: closed(
    {
      path: guestPath("Path in the guest."),
      mode: octalMode('Permission bits, a quoted octal string such as "0750".'),
    },
    ["path", "mode"],
  ),
  describe: ({ path, mode }) => `${mode} ${path}`,
  observe: async ({ g }, { path }) => {
    const before = await statGuest(g, path);
    if (before === undefined) throw new Error(`chmod: ${path}: no such file or folder in the guest`);
    return before;
  },
  lower: ({ path, mode }, observed) => ownershipActions(path, mode, { uid: undefined, gid: undefined }, observed),
});
