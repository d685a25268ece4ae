/** Copying with rsync(1) (upstream daemon/rsync.c). */
import { defineAction } from "../action.ts";
import { bool, pathname, string } from "../field.ts";
import { none } from "../result.ts";

const src = pathname("What to copy; of a directory with a slash at its end, only what is in it.");
const dest = pathname("Where to: a directory, or the new name of a file.");
const remote = string(
  "Module of an rsync server, and a path in it: `rsync://HOST[:PORT]/MODULE/PATH` or `HOST::MODULE/PATH`.",
);
const optargs = {
  archive: bool("Copy directories with all in them, links as links, with modes, owners, times and device nodes."),
  deletedest: bool("Delete at the destination what the source has not; only with archive."),
};
const common = { group: "rsync", since: "1.19.29" } as const;
const TESTED_IN = "tests/guestfsd/actions/rsync.test.ts";
const refuses = [
  { init: "scratch", remote: "host:/path", errno: "ENOTSUP" },
  { init: "scratch", remote: "/path", errno: "ENOTSUP" },
] as const;

export const rsync = defineAction({
  proc: 344,
  summary: "copy within the guest, only what differs",
  description:
    "Copies files and directories with rsync, which leaves alone what is equal already by size and time. Owners are copied by their numbers.",
  args: { src, dest },
  optargs,
  ret: none(),
  effect: "write",
  errors: ["ENOENT"],
  ...common,
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir_p", { path: "/from/sub" }],
        ["internal_write", { path: "/from/sub/file", content: "text" }],
        ["ln_s", { target: "/nowhere", linkname: "/from/link" }],
        ["mkdir", { path: "/to" }],
        ["touch", { path: "/to/more" }],
        ["rsync", { src: "/from/", dest: "/to", archive: true, deletedest: true }],
        ["find0", { directory: "/to" }],
      ],
      expect: { result: "link\0sub\0sub/file\0" },
    },
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/from" }],
        ["rsync", { src: "/from", dest: "/to", deletedest: true }],
      ],
      expect: { errno: "" },
    },
    {
      init: "scratch",
      calls: [["rsync", { src: "/none", dest: "/to" }]],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const rsync_in = defineAction({
  proc: 345,
  summary: "copy from an rsync server into the guest",
  description:
    "Copies from the module of an rsync server, which must not ask for a password. The appliance must have a network. A remote shell (`HOST:PATH`) is refused: " +
    "the appliance has no keys for one.",
  args: { remote, dest },
  optargs,
  ret: none(),
  effect: "write",
  errors: ["ENOTSUP"],
  ...common,
  tests: refuses.map(({ init, remote, errno }) => ({
    init,
    calls: [["rsync_in", { remote, dest: "/" }]],
    expect: { errno },
  })),
  testedIn: TESTED_IN,
});

export const rsync_out = defineAction({
  proc: 346,
  summary: "copy from the guest to an rsync server",
  description:
    "Copies to the module of an rsync server, which must not ask for a password. The appliance must have a network. A remote shell (`HOST:PATH`) is refused: " +
    "the appliance has no keys for one.",
  args: { src, remote },
  optargs,
  ret: none(),
  effect: "read",
  errors: ["ENOENT", "ENOTSUP"],
  ...common,
  tests: [
    ...refuses.map(
      ({ init, remote, errno }) => ({ init, calls: [["rsync_out", { src: "/", remote }]], expect: { errno } }) as const,
    ),
    {
      init: "scratch",
      calls: [["rsync_out", { src: "/none", remote: "rsync://127.0.0.1/module" }]],
      expect: { errno: "ENOENT" },
    },
  ],
  testedIn: TESTED_IN,
});
