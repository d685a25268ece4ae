/** Step `tar-in`: a tar archive of the host, unpacked in a folder of the guest. */
import {
  call,
  choice,
  closed,
  defineStep,
  flag,
  guestPath,
  hostFile,
  type PlannedAction,
} from "../../../schemas/index.ts";
import { lstatGuest, statGuest } from "../../guest-stat.ts";
import { FILE_EDIT } from "../traits.ts";
import { hasAllMembers } from "./members.ts";

const COMPRESSIONS = ["gzip", "bzip2", "xz", "zstd", "lzma", "lzop", "compress"] as const;
type Compression = (typeof COMPRESSIONS)[number];

const SUFFIXES: readonly (readonly [RegExp, Compression])[] = [
  [/\.(tar\.gz|tgz)$/i, "gzip"],
  [/\.(tar\.bz2|tbz2?)$/i, "bzip2"],
  [/\.(tar\.xz|txz)$/i, "xz"],
  [/\.(tar\.zst|tzst)$/i, "zstd"],
  [/\.(tar\.lzma|tlz)$/i, "lzma"],
  [/\.(tar\.lzo|tzo)$/i, "lzop"],
  [/\.(tar\.Z|taz)$/i, "compress"],
];

export const tarIn = defineStep({
  name: "tar-in",
  summary: "unpack a tar archive in the guest",
  description:
    "Unpacks an archive of the host in a folder of the guest, with owners as numbers, modes and times. Nothing is unpacked " +
    "when the guest has every member already (compared by type, owner, mode, content and link target, not by time; only " +
    "plain and gzip archives can be compared, others are always unpacked).",
  traits: FILE_EDIT,
  schema: closed(
    {
      source: hostFile("Archive on the host, relative to the recipe."),
      path: guestPath("Folder of the guest to unpack in; made when it is missing."),
      compress: choice(
        ["none", ...COMPRESSIONS],
        "Compression of the archive. Default: by the name's ending (.tar.gz, .tgz, .tar.xz, ...), else none.",
      ),
      creates: guestPath("Path in the guest: when it exists, the archive counts as unpacked and is not looked into."),
      xattrs: flag("Restore extended attributes; the archive is then always unpacked. Default: false."),
      selinux: flag("Restore SELinux labels; the archive is then always unpacked. Default: false."),
      acls: flag("Restore access control lists; the archive is then always unpacked. Default: false."),
      keepdirlink: flag("A link to a folder in the place of a folder of the archive is kept. Default: false."),
    },
    ["source", "path"],
  ),
  describe: ({ source, path }) => `${source} in ${path}`,
  observe: async ({ g }, args) => {
    const folder = (await lstatGuest(g, args.path)) !== undefined;
    if (args.creates !== undefined && (await statGuest(g, args.creates)) !== undefined) return { folder, done: true };
    const compress = compression(args);
    const comparable = !hasExtras(args) && (compress === "none" || compress === "gzip");
    const archive = { file: args.source, gzip: compress === "gzip" };
    return { folder, done: folder && comparable && (await hasAllMembers(g, archive, args.path)) };
  },
  lower: (args, observed): readonly PlannedAction[] => {
    if (observed?.done === true) return [];
    const compress = compression(args);
    return [
      ...(observed?.folder === true ? [] : [call("mkdir_p", { path: args.path })]),
      call("tar_in", {
        tarfile: args.source,
        directory: args.path,
        ...(compress === "none" ? {} : { compress }),
        ...(args.xattrs === undefined ? {} : { xattrs: args.xattrs }),
        ...(args.selinux === undefined ? {} : { selinux: args.selinux }),
        ...(args.acls === undefined ? {} : { acls: args.acls }),
        ...(args.keepdirlink === undefined ? {} : { keepdirlink: args.keepdirlink }),
      }),
    ];
  },
});

function compression(args: {
  readonly source: string;
  readonly compress?: Compression | "none";
}): Compression | "none" {
  return args.compress ?? SUFFIXES.find(([suffix]) => suffix.test(args.source))?.[1] ?? "none";
}

function hasExtras(args: { readonly xattrs?: boolean; readonly selinux?: boolean; readonly acls?: boolean }): boolean {
  return args.xattrs === true || args.selinux === true || args.acls === true;
}
