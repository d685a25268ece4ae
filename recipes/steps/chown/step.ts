/** Step `chown`: owner and group of one file or folder. */
import { closed, defineStep, eitherOf, guestPath, integer, text } from "../../../schemas/index.ts";
import { idsOffline, ownershipActions, resolveIds } from "../../guest-owner.ts";
import { statGuest } from "../../guest-stat.ts";
import { FILE_EDIT } from "../traits.ts";

export const chown = defineStep({
  name: "chown",
  summary: "set owner and group",
  description:
    "Sets the owner and the group of a file or folder, which must exist. A symbolic link is followed. Set-id bits are kept.",
  traits: FILE_EDIT,
  schema: closed(
    {
      path: guestPath("Path in the guest."),
      owner: eitherOf(
        text("Name in the guest's /etc/passwd, or digits."),
        integer("Numeric user id; -1 leaves the owner.", -1),
        "Owner. Left as it is when not given.",
      ),
      group: eitherOf(
        text("Name in the guest's /etc/group, or digits."),
        integer("Numeric group id; -1 leaves the group.", -1),
        "Group. Left as it is when not given.",
      ),
    },
    ["path"],
  ),
  check: ({ owner, group }) =>
    owner === undefined && group === undefined ? [{ at: [], summary: "neither `owner` nor `group` is given" }] : [],
  describe: ({ path, owner, group }) => `${owner ?? ""}${group === undefined ? "" : `:${group}`} ${path}`,
  observe: async ({ g }, args) => {
    const before = await statGuest(g, args.path);
    if (before === undefined) throw new Error(`chown: ${args.path}: no such file or folder in the guest`);
    return { before, ids: await resolveIds(g, "chown", args) };
  },
  lower: (args, observed) =>
    ownershipActions(args.path, undefined, observed?.ids ?? idsOffline(args), observed?.before),
});
