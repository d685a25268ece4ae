/** Shell commands that are not actions: libguestfs's library-side functions, with guestfish's names and order of arguments. */
import type { GuestfsApi } from "../../engine/index.ts";
import { booleanOf, listOf, numberOf } from "./word-values.ts";

export interface LibraryCommand {
  /** As the usage shows them: `name`, `name...` for one or more, `[name:kind]` for an optional one. */
  readonly usage: readonly string[];
  readonly summary: string;
  /** Whether there are as many words as the usage says. */
  readonly fits: (words: readonly string[]) => boolean;
  /** @throws UsageError for a word that is not what it stands for */
  readonly run: (g: GuestfsApi, words: readonly string[]) => Promise<unknown>;
}

/** Words by name: each is there, but for those whose name is in `[name:kind]`. */
type Values<Name extends string> = Readonly<Record<Name, string>>;

function command<Name extends string>(
  args: readonly Name[],
  summary: string,
  run: (g: GuestfsApi, values: Values<Name>) => Promise<unknown>,
): LibraryCommand {
  return {
    usage: args,
    summary,
    fits: (words) => words.length === args.length,
    run: async (g, words) => {
      // Every name has a word: the lengths are the same.
      const values = Object.fromEntries(args.map((name, index) => [name, words[index] ?? ""])) as Values<Name>;
      return run(g, values);
    },
  };
}

/** `first... last`: `run` is called for each of the first words in turn. */
function repeated(
  usage: readonly [first: string, last: string],
  summary: string,
  run: (g: GuestfsApi, first: string, last: string) => Promise<void>,
): LibraryCommand {
  return {
    usage,
    summary,
    fits: (words) => words.length >= usage.length,
    run: async (g, words) => {
      for (const first of words.slice(0, -1)) await run(g, first, words.at(-1) ?? "");
    },
  };
}

const inspect_get_icon: LibraryCommand = {
  usage: ["root", "[favicon:bool]", "[highquality:bool]"],
  summary: "picture of an operating system, a PNG file",
  fits: ([root, ...rest]) => root !== undefined && rest.every((word) => /^(?:favicon|highquality):/.test(word)),
  run: async (g, [root = "", ...rest]) => {
    const options = rest.map((word): [string, boolean] => {
      const [name = "", value = ""] = word.split(":");
      return [name, booleanOf(name, value)];
    });
    return g.inspect_get_icon({ root, ...Object.fromEntries(options) });
  },
};

export const libraryCommands: Readonly<Record<string, LibraryCommand>> = {
  available: command(["groups"], "fail unless the daemon has these feature groups", async (g, { groups }) =>
    g.available({ groups: listOf(groups) }),
  ),
  cat: command(["path"], "print the content of a file", async (g, { path }) => g.cat({ path })),
  copy_in: repeated(
    ["local...", "/remotedir"],
    "copy files and folders of the host into a folder of the guest",
    async (g, localpath, remotedir) => g.copy_in({ localpath, remotedir }),
  ),
  copy_out: repeated(
    ["/remote...", "localdir"],
    "copy files and folders of the guest into a folder of the host",
    async (g, remotepath, localdir) => g.copy_out({ remotepath, localdir }),
  ),
  feature_available: command(["groups"], "whether the daemon has these feature groups", async (g, { groups }) =>
    g.feature_available({ groups: listOf(groups) }),
  ),
  filesystem_walk: command(["device"], "all names in a filesystem, deleted ones too", async (g, { device }) =>
    g.filesystem_walk({ device }),
  ),
  find: command(["directory"], "list everything below a directory", async (g, { directory }) => g.find({ directory })),
  find_inode: command(
    ["device", "inode"],
    "names of an inode in a filesystem, deleted ones too",
    async (g, { device, inode }) => g.find_inode({ device, inode: numberOf("inode", inode) }),
  ),
  inspect_get_icon,
  inspect_get_osinfo: command(["root"], "short name of an operating system in libosinfo", async (g, { root }) =>
    g.inspect_get_osinfo({ root }),
  ),
  inspect_list_applications2: command(["root"], "installed packages of an operating system", async (g, { root }) =>
    g.inspect_list_applications2({ root }),
  ),
  journal_get: command([], "fields of the entry of the journal", async (g) => g.journal_get()),
  ls: command(["directory"], "list a directory", async (g, { directory }) => g.ls({ directory })),
  lstat: command(["path"], "file status of the link itself", async (g, { path }) => g.lstat({ path })),
  lstatlist: command(["path", "names"], "file status of many names in a directory", async (g, { path, names }) =>
    g.lstatlist({ path, names: listOf(names) }),
  ),
  lstatnslist: command(
    ["path", "names"],
    "file status of many names in a directory, with nanoseconds",
    async (g, { path, names }) => g.lstatnslist({ path, names: listOf(names) }),
  ),
  lxattrlist: command(["path", "names"], "extended attributes of many names in a directory", async (g, values) =>
    g.lxattrlist({ path: values.path, names: listOf(values.names) }),
  ),
  mountable_device: command(["mountable"], "device of a mountable", async (g, { mountable }) =>
    g.mountable_device({ mountable }),
  ),
  mountable_subvolume: command(["mountable"], "subvolume of a mountable", async (g, { mountable }) =>
    g.mountable_subvolume({ mountable }),
  ),
  read_file: command(["path"], "print the content of a file, whatever its bytes", async (g, { path }) =>
    g.read_file({ path }),
  ),
  read_lines: command(["path"], "print the lines of a file", async (g, { path }) => g.read_lines({ path })),
  readdir: command(["dir"], "entries of a directory with inode and type", async (g, { dir }) => g.readdir({ dir })),
  readlinklist: command(["path", "names"], "targets of many links in a directory", async (g, { path, names }) =>
    g.readlinklist({ path, names: listOf(names) }),
  ),
  stat: command(["path"], "file status", async (g, { path }) => g.stat({ path })),
  write: command(["path", "content"], "create a file with this content", async (g, { path, content }) =>
    g.write({ path, content }),
  ),
  write_append: command(["path", "content"], "append to a file", async (g, { path, content }) =>
    g.write_append({ path, content }),
  ),
  yara_scan: command(["path"], "Yara rules that match a file", async (g, { path }) => g.yara_scan({ path })),
};
