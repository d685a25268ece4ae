/** Step `mkdir`: a folder of the guest, with its parents. */
import { call, closed, defineStep, guestPath } from "../../../schemas/index.ts";
import { idsOffline, ownershipActions, ownershipProperties, resolveIds } from "../../guest-owner.ts";
import { statGuest } from "../../guest-stat.ts";
import { FILE_EDIT } from "../traits.ts";

export const mkdir = defineStep({
  name: "mkdir",
  summary: "make a folder",
  description:
    "Makes a folder, and its parents where they are missing. A folder that exists is kept; its mode and owner are set " +
    "when they are given and differ. New parents get mode 0755 and belong to root.",
  traits: FILE_EDIT,
  schema: closed({ path: guestPath("Path of the folder in the guest."), ...ownershipProperties }, ["path"]),
  short: "path",
  describe: ({ path }) => path,
  observe: async ({ g }, args) => {
    const before = await statGuest(g, args.path);
    if (before !== undefined && before.type !== "directory") {
      throw new Error(`mkdir: ${args.path}: exists and is not a folder`);
    }
    return { before, ids: await resolveIds(g, "mkdir", args) };
  },
  lower: (args, observed) => [
    ...(observed?.before === undefined ? [call("mkdir_p", { path: args.path })] : []),
    ...ownershipActions(args.path, args.mode, observed?.ids ?? idsOffline(args), observed?.before),
  ],
});
