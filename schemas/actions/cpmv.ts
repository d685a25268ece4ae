/** Copy and move inside the guest (upstream daemon/cpmv.c). */
import { defineAction } from "../action.ts";
import { pathname } from "../field.ts";
import { none } from "../result.ts";

const args = {
  src: pathname("What to copy or move."),
  dest: pathname("New name, or an existing directory to put it in."),
};

const MISSING = { src: "/missing", dest: "/to" };

export const cp = defineAction({
  proc: 87,
  summary: "copy a file",
  description:
    "Copies one regular file to a file or into a directory. Directories, devices and the like are refused; see `cp_r` and `cp_a`.",
  args,
  ret: none(),
  effect: "write",
  errors: ["EINVAL", "ENOENT"],
  since: "1.0.18",
  tests: [
    {
      init: "scratch",
      calls: [
        ["upload", { filename: "text", remotefilename: "/old" }],
        ["cp", { src: "/old", dest: "/new" }],
        ["download", { remotefilename: "/new" }],
      ],
      expect: { result: "text" },
    },
    { init: "scratch", calls: [["cp", MISSING]], expect: { errno: "ENOENT" } },
  ],
});

export const cp_a = defineAction({
  proc: 88,
  summary: "copy a file or directory, keeping everything",
  description:
    "Copies recursively and keeps mode, owner, times, links, extended attributes and sparseness; symbolic links are copied as such.",
  args,
  ret: none(),
  effect: "write",
  errors: [],
  since: "1.0.18",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/olddir" }],
        ["upload", { filename: "text", remotefilename: "/olddir/file" }],
        ["cp_a", { src: "/olddir", dest: "/newdir" }],
        ["download", { remotefilename: "/newdir/file" }],
      ],
      expect: { result: "text" },
    },
    { init: "scratch", calls: [["cp_a", MISSING]], expect: { errno: "" } },
  ],
});

export const cp_r = defineAction({
  proc: 401,
  summary: "copy a file or directory",
  description: "Copies recursively, as `cp -rP` does: symbolic links are copied as such, owners and times are new.",
  args,
  ret: none(),
  effect: "write",
  errors: [],
  since: "1.21.38",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/olddir" }],
        ["upload", { filename: "text", remotefilename: "/olddir/file" }],
        ["cp_r", { src: "/olddir", dest: "/newdir" }],
        ["download", { remotefilename: "/newdir/file" }],
      ],
      expect: { result: "text" },
    },
    { init: "scratch", calls: [["cp_r", MISSING]], expect: { errno: "" } },
  ],
});

export const mv = defineAction({
  proc: 89,
  summary: "move a file or directory",
  description:
    "Moves to a new name or into a directory; replaces an existing file. Across filesystems it copies and removes. Symbolic links are moved, not followed.",
  args,
  ret: none(),
  effect: "write",
  errors: [],
  since: "1.0.18",
  tests: [
    {
      init: "scratch",
      calls: [
        ["upload", { filename: "text", remotefilename: "/old" }],
        ["mv", { src: "/old", dest: "/new" }],
        ["download", { remotefilename: "/new" }],
      ],
      expect: { result: "text" },
    },
    {
      init: "scratch",
      calls: [
        ["upload", { filename: "text", remotefilename: "/old" }],
        ["mv", { src: "/old", dest: "/new" }],
        ["download", { remotefilename: "/old" }],
      ],
      expect: { errno: "ENOENT" },
    },
    { init: "scratch", calls: [["mv", MISSING]], expect: { errno: "" } },
  ],
});
