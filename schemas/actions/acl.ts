/** POSIX access control lists (upstream daemon/acl.c), in the text forms of acl(5). */
import { defineAction } from "../action.ts";
import { pathname, string } from "../field.ts";
import { none, rString } from "../result.ts";

const path = pathname("File or directory; symbolic links are followed.");
const acltype = string("`access` for the list of the file itself, `default` for what new entries of a directory get.");
const common = { group: "acl", since: "1.19.63" } as const;
const MINIMAL = "user::rwx\ngroup::r-x\nother::---\n";

export const acl_get_file = defineAction({
  proc: 375,
  summary: "access control list of a file",
  description:
    "Gives an access control list in its long text form. Without a list of its own, a file has the one that its mode says, and a directory an empty default one.",
  args: { path, acltype },
  ret: rString("acl"),
  effect: "read",
  errors: ["ENOENT", "EACCES", "ENOTSUP"],
  ...common,
  tests: [
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["chmod", { mode: "0640", path: "/f" }],
        ["acl_get_file", { path: "/f", acltype: "access" }],
      ],
      expect: { result: "user::rw-\ngroup::r--\nother::---\n" },
    },
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/d" }],
        ["acl_get_file", { path: "/d", acltype: "default" }],
      ],
      expect: { result: "" },
    },
    { init: "scratch", calls: [["acl_get_file", { path: "/none", acltype: "access" }]], expect: { errno: "ENOENT" } },
    { init: "scratch", calls: [["acl_get_file", { path: "/", acltype: "both" }]], expect: { errno: "EINVAL" } },
  ],
});

export const acl_set_file = defineAction({
  proc: 376,
  summary: "set the access control list of a file",
  description:
    "Replaces an access control list. It must hold the entries of user, group and other, and a mask where it names users or " +
    "groups. Those are given by their numbers: names would not be looked up in the guest.",
  args: { path, acltype, acl: string("List in long or short text form, e.g. `u::rwx,g::rx,o::-,m::rx,u:500:rx`.") },
  ret: none(),
  effect: "write",
  errors: ["ENOENT", "EACCES", "ENOTSUP"],
  ...common,
  tests: [
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["acl_set_file", { path: "/f", acltype: "access", acl: "u::rw,g::r,o::-,m::r,u:500:r" }],
        ["acl_get_file", { path: "/f", acltype: "access" }],
      ],
      expect: { result: "user::rw-\nuser:500:r--\ngroup::r--\nmask::r--\nother::---\n" },
    },
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/d" }],
        ["acl_set_file", { path: "/d", acltype: "default", acl: MINIMAL }],
        ["acl_get_file", { path: "/d", acltype: "default" }],
      ],
      expect: { result: MINIMAL },
    },
    {
      init: "scratch",
      calls: [["acl_set_file", { path: "/", acltype: "access", acl: "nonsense" }]],
      expect: { errno: "EINVAL" },
    },
    {
      init: "scratch",
      calls: [["acl_set_file", { path: "/", acltype: "access", acl: "u::rwx,g::rx" }]],
      expect: { errno: "EINVAL" },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["acl_set_file", { path: "/f", acltype: "default", acl: MINIMAL }],
      ],
      expect: { errno: "EACCES" },
    },
  ],
});

export const acl_delete_def_file = defineAction({
  proc: 377,
  summary: "take the default access control list of a directory away",
  description: "Removes the list that new entries of a directory get; one that is not there is no error.",
  args: { dir: pathname("Directory.") },
  ret: none(),
  effect: "write",
  errors: ["ENOENT", "ENOTSUP"],
  ...common,
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/d" }],
        ["acl_set_file", { path: "/d", acltype: "default", acl: MINIMAL }],
        ["acl_delete_def_file", { dir: "/d" }],
        ["acl_get_file", { path: "/d", acltype: "default" }],
      ],
      expect: { result: "" },
    },
    { init: "scratch", calls: [["acl_delete_def_file", { dir: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});
