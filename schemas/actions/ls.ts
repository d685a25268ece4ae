/** Listings of directories for people to read (upstream daemon/ls.c). */
import { defineAction } from "../action.ts";
import { pathname } from "../field.ts";
import { rString } from "../result.ts";

const directory = pathname("Directory, or another file; a symbolic link is followed.");

export const ll = defineAction({
  proc: 5,
  summary: "list a directory in long form",
  description:
    "Gives what `ls -la` prints, owners as numbers and times in UTC. For people to read: programs use `readdir` and `lstatnslist`.",
  args: { directory },
  ret: rString("listing"),
  effect: "read",
  errors: ["ENOENT", "ENOTDIR"],
  since: "0.0.4",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/d" }],
        ["ln_s", { target: "/d", linkname: "/l" }],
        ["internal_write", { path: "/d/f", content: "text" }],
        ["ll", { directory: "/l" }],
      ],
      expect: { matches: "^total \\d+\\n.* \\.\\n.* \\.\\.\\n-rw-r--r-- 1 0 0 +4 [^\\n]+ f\\n$" },
    },
    { init: "scratch", calls: [["ll", { directory: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const llz = defineAction({
  proc: 305,
  summary: "list a directory in long form with SELinux contexts",
  description:
    "Gives what `ls -laZ` prints, owners as numbers and times in UTC; a file without a context shows `?`. Programs use `lgetxattrs`.",
  args: { directory },
  ret: rString("listing"),
  effect: "read",
  errors: ["ENOENT", "ENOTDIR"],
  since: "1.17.6",
  tests: [
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["lsetxattr", { xattr: "security.selinux", val: "system_u:object_r:etc_t:s0", vallen: 26, path: "/f" }],
        ["llz", { directory: "/f" }],
      ],
      expect: { contains: " 0 0 system_u:object_r:etc_t:s0 0 " },
      applianceOnly: "the host may not allow the attribute",
    },
    { init: "scratch", calls: [["llz", { directory: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});
