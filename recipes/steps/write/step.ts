/** Step `write`: a file of the guest with content given in the recipe. */
import { bytesFromText, closed, defineStep, guestPath, reveal, secretText } from "../../../schemas/index.ts";
import { writeText } from "../../guest-content.ts";
import { idsOffline, ownershipActions, ownershipProperties, resolveIds } from "../../guest-owner.ts";
import { fingerprint, hasContent, statGuest } from "../../guest-stat.ts";
import { FILE_EDIT } from "../traits.ts";

export const write = defineStep({
  name: "write",
  summary: "write a file",
  description:
    "Gives a file of the guest exactly the content written in the recipe. The folder must exist. An existing file keeps " +
    "its mode and owner unless they are given.",
  traits: FILE_EDIT,
  schema: closed(
    {
      path: guestPath("Path of the file in the guest."),
      content: secretText("The whole content; nothing is added, not even a newline."),
      ...ownershipProperties,
    },
    ["path", "content"],
  ),
  describe: ({ path }) => path,
  observe: async ({ g }, args) => {
    const before = await statGuest(g, args.path);
    return {
      before,
      same: await hasContent(g, args.path, before, fingerprint(bytesFromText(reveal(args.content)))),
      ids: await resolveIds(g, "write", args),
    };
  },
  lower: (args, observed) => [
    ...(observed?.same === true ? [] : [writeText(args.path, args.content)]),
    ...ownershipActions(args.path, args.mode, observed?.ids ?? idsOffline(args), observed?.before),
  ],
});
