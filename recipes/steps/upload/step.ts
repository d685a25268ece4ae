/** Step `upload`: a host file in the guest, with mode and owner. Sends nothing when the guest already has it. */
import { call, closed, defineStep, guestPath, hostFile, text } from "../../../schemas/index.ts";
import { idsOffline, ownershipActions, ownershipProperties, resolveIds } from "../../guest-owner.ts";
import { hasContent, hostFingerprint, statGuest } from "../../guest-stat.ts";
import { FILE_EDIT } from "../traits.ts";

export const upload = defineStep({
  name: "upload",
  summary: "copy a file into the guest",
  description:
    "Copies a file of the host to a path of the guest. The folder must exist. An existing file is replaced in place when " +
    "its content differs, and keeps its mode and owner unless they are given.",
  traits: FILE_EDIT,
  schema: closed(
    {
      source: hostFile("File on the host, relative to the recipe."),
      path: guestPath("Path of the file in the guest."),
      filename: hostFile("The same as `source`, as the action calls it."),
      remotefilename: text("The same as `path`, as the action calls it."),
      ...ownershipProperties,
    },
    [],
  ),
  check: (args) => [
    ...exactlyOne(args.source, args.filename, "source", "filename"),
    ...exactlyOne(args.path, args.remotefilename, "path", "remotefilename"),
  ],
  describe: (args) => `${sourceOf(args)} to ${pathOf(args)}`,
  observe: async ({ g }, args) => {
    const path = pathOf(args);
    const before = await statGuest(g, path);
    return {
      before,
      same: await hasContent(g, path, before, await hostFingerprint(sourceOf(args))),
      ids: await resolveIds(g, "upload", args),
    };
  },
  lower: (args, observed) => {
    const path = pathOf(args);
    return [
      ...(observed?.same === true ? [] : [call("upload", { filename: sourceOf(args), remotefilename: path })]),
      ...ownershipActions(path, args.mode, observed?.ids ?? idsOffline(args), observed?.before),
    ];
  },
});

function sourceOf(args: { readonly source?: string; readonly filename?: string }): string {
  return args.source ?? args.filename ?? "";
}

function pathOf(args: { readonly path?: string; readonly remotefilename?: string }): string {
  return args.path ?? args.remotefilename ?? "";
}

function exactlyOne(a: string | undefined, b: string | undefined, name: string, other: string) {
  if (a === undefined && b === undefined) return [{ at: [], summary: `\`${name}\` is missing` }];
  if (a !== undefined && b !== undefined)
    return [{ at: [other], summary: `\`${name}\` and \`${other}\` are the same thing` }];
  return [];
}
