/** Extended attributes (upstream daemon/xattr.c). The forms with `l` work on a symbolic link itself. */
import { defineAction } from "../action.ts";
import { int, pathname, string, stringList } from "../field.ts";
import { none, rBuffer, rStructList } from "../result.ts";
import { structs } from "../structs.ts";

const path = pathname("File.");
const linkPath = pathname("File or symbolic link.");
const xattr = string("Name with its namespace, e.g. security.selinux.");
const val = string("Value, without zero bytes.");
const vallen = int("Length of the value, bytes. One more than its length appends a zero byte.");
const group = "linuxxattrs";

export const getxattrs = defineAction({
  proc: 141,
  summary: "all extended attributes of a file",
  description: "Gives names and values, sorted by name.",
  args: { path },
  ret: rStructList("xattrs", structs.xattr),
  effect: "read",
  group,
  errors: ["ENOENT", "ENOTDIR", "ENOTSUP"],
  since: "1.0.59",
  tests: [
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["setxattr", { xattr: "user.b", val: "two", vallen: 3, path: "/f" }],
        ["setxattr", { xattr: "user.a", val: "one", vallen: 4, path: "/f" }],
        ["getxattrs", { path: "/f" }],
      ],
      expect: {
        result: [
          { attrname: "user.a", attrval: "one\0" },
          { attrname: "user.b", attrval: "two" },
        ],
      },
    },
    { init: "scratch", calls: [["getxattrs", { path: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const lgetxattrs = defineAction({
  proc: 142,
  summary: "all extended attributes of a file or symbolic link",
  description: "As getxattrs, but of a symbolic link itself.",
  args: { path: linkPath },
  ret: rStructList("xattrs", structs.xattr),
  effect: "read",
  group,
  errors: ["ENOENT", "ENOTDIR", "ENOTSUP"],
  since: "1.0.59",
  tests: [
    {
      init: "scratch",
      calls: [
        ["ln_s", { target: "none", linkname: "/l" }],
        ["lsetxattr", { xattr: "trusted.t", val: "v", vallen: 1, path: "/l" }],
        ["lgetxattrs", { path: "/l" }],
      ],
      expect: { result: [{ attrname: "trusted.t", attrval: "v" }] },
    },
    { init: "scratch", calls: [["lgetxattrs", { path: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const setxattr = defineAction({
  proc: 143,
  summary: "set an extended attribute of a file",
  description: "Creates or replaces one extended attribute. Symbolic links are followed.",
  args: { xattr, val, vallen, path },
  ret: none(),
  effect: "write",
  group,
  errors: ["ENOENT", "ENOTDIR", "ENOTSUP", "ENOSPC", "EROFS"],
  since: "1.0.59",
  tests: [
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["setxattr", { xattr: "user.a", val: "value", vallen: 3, path: "/f" }],
        ["getxattr", { path: "/f", name: "user.a" }],
      ],
      expect: { result: "val" },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["setxattr", { xattr: "user.a", val: "v", vallen: 3, path: "/f" }],
      ],
      expect: { errno: "EINVAL" },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["setxattr", { xattr: "nonsense.a", val: "v", vallen: 1, path: "/f" }],
      ],
      expect: { errno: "ENOTSUP" },
    },
  ],
});

export const lsetxattr = defineAction({
  proc: 144,
  summary: "set an extended attribute of a file or symbolic link",
  description: "As setxattr, but of a symbolic link itself.",
  args: { xattr, val, vallen, path: linkPath },
  ret: none(),
  effect: "write",
  group,
  errors: ["ENOENT", "ENOTDIR", "ENOTSUP", "EPERM", "ENOSPC", "EROFS"],
  since: "1.0.59",
  tests: [
    {
      init: "scratch",
      calls: [
        ["ln_s", { target: "none", linkname: "/l" }],
        ["lsetxattr", { xattr: "trusted.t", val: "v", vallen: 1, path: "/l" }],
        ["lgetxattr", { path: "/l", name: "trusted.t" }],
      ],
      expect: { result: "v" },
    },
    {
      init: "scratch",
      calls: [["lsetxattr", { xattr: "user.a", val: "v", vallen: 1, path: "/none" }]],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const removexattr = defineAction({
  proc: 145,
  summary: "remove an extended attribute of a file",
  description: "Removes one extended attribute; one that is not there is an error. Symbolic links are followed.",
  args: { xattr, path },
  ret: none(),
  effect: "write",
  group,
  errors: ["ENODATA", "ENOENT", "ENOTDIR", "ENOTSUP", "EROFS"],
  since: "1.0.59",
  tests: [
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["setxattr", { xattr: "user.a", val: "v", vallen: 1, path: "/f" }],
        ["removexattr", { xattr: "user.a", path: "/f" }],
        ["getxattrs", { path: "/f" }],
      ],
      expect: { result: [] },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["removexattr", { xattr: "user.a", path: "/f" }],
      ],
      expect: { errno: "ENODATA" },
    },
  ],
});

export const lremovexattr = defineAction({
  proc: 146,
  summary: "remove an extended attribute of a file or symbolic link",
  description: "As removexattr, but of a symbolic link itself.",
  args: { xattr, path: linkPath },
  ret: none(),
  effect: "write",
  group,
  errors: ["ENODATA", "ENOENT", "ENOTDIR", "ENOTSUP", "EROFS"],
  since: "1.0.59",
  tests: [
    {
      init: "scratch",
      calls: [
        ["ln_s", { target: "none", linkname: "/l" }],
        ["lsetxattr", { xattr: "trusted.t", val: "v", vallen: 1, path: "/l" }],
        ["lremovexattr", { xattr: "trusted.t", path: "/l" }],
        ["lgetxattrs", { path: "/l" }],
      ],
      expect: { result: [] },
    },
    {
      init: "scratch",
      calls: [["lremovexattr", { xattr: "user.a", path: "/none" }]],
      expect: { errno: "ENOENT" },
    },
  ],
});

export const getxattr = defineAction({
  proc: 279,
  summary: "one extended attribute of a file",
  description:
    "Gives the value of one extended attribute; one that is not there is an error. Symbolic links are followed.",
  args: { path, name: xattr },
  ret: rBuffer("xattr"),
  effect: "read",
  group,
  errors: ["ENODATA", "ENOENT", "ENOTDIR", "ENOTSUP"],
  since: "1.7.24",
  tests: [
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["setxattr", { xattr: "user.empty", val: "", vallen: 0, path: "/f" }],
        ["getxattr", { path: "/f", name: "user.empty" }],
      ],
      expect: { result: "" },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["getxattr", { path: "/f", name: "user.none" }],
      ],
      expect: { errno: "ENODATA" },
    },
  ],
});

export const lgetxattr = defineAction({
  proc: 280,
  summary: "one extended attribute of a file or symbolic link",
  description: "As getxattr, but of a symbolic link itself.",
  args: { path: linkPath, name: xattr },
  ret: rBuffer("xattr"),
  effect: "read",
  group,
  errors: ["ENODATA", "ENOENT", "ENOTDIR", "ENOTSUP"],
  since: "1.7.24",
  tests: [
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["lsetxattr", { xattr: "user.a", val: "v\udcffw", vallen: 4, path: "/f" }],
        ["lgetxattr", { path: "/f", name: "user.a" }],
      ],
      expect: { result: "v\udcffw\0" },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["lgetxattr", { path: "/f", name: "user.none" }],
      ],
      expect: { errno: "ENODATA" },
    },
  ],
});

export const internal_lxattrlist = defineAction({
  proc: 205,
  summary: "extended attributes of many files of one directory",
  description:
    "Gives lgetxattrs of the named files in a directory, in one list: before each file's attributes, sorted by name, stands " +
    "an entry without a name whose value is their number in decimal and a zero byte, or empty where the file could not be read.",
  args: { path: pathname("Directory."), names: stringList("Names in it.", "Filename") },
  ret: rStructList("xattrs", structs.xattr),
  effect: "read",
  group,
  errors: ["ENOENT", "ENOTDIR"],
  since: "1.19.32",
  tests: [
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["setxattr", { xattr: "user.a", val: "v", vallen: 1, path: "/f" }],
        ["touch", { path: "/g" }],
        ["internal_lxattrlist", { path: "/", names: ["f", "none", "g"] }],
      ],
      expect: {
        result: [
          { attrname: "", attrval: "1\0" },
          { attrname: "user.a", attrval: "v" },
          { attrname: "", attrval: "" },
          { attrname: "", attrval: "0\0" },
        ],
      },
    },
    { init: "scratch", calls: [["internal_lxattrlist", { path: "/none", names: [] }]], expect: { errno: "ENOENT" } },
  ],
});
