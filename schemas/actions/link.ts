/** Links: make and read (upstream daemon/link.c). */
import { defineAction } from "../action.ts";
import { pathname, string, stringList } from "../field.ts";
import { none, rString, rStringList } from "../result.ts";

const target = string("What the link points to; not looked at, so it may be relative or absent.");
const existing = string("Existing file, as a path in the guest.");
const linkname = pathname("Link to create.");

export const ln = defineAction({
  proc: 164,
  summary: "make a hard link",
  description: "Makes another name for an existing file. The link must not exist, and both must be on one filesystem.",
  args: { target: existing, linkname },
  ret: none(),
  effect: "write",
  errors: ["EEXIST", "ENOENT", "EPERM", "EXDEV", "EROFS"],
  since: "1.0.66",
  tests: [
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/a", content: "text" }],
        ["ln", { target: "/a", linkname: "/b" }],
        ["internal_write_append", { path: "/b", content: "er" }],
        ["filesize", { file: "/a" }],
      ],
      expect: { result: 6 },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/a" }],
        ["touch", { path: "/b" }],
        ["ln", { target: "/a", linkname: "/b" }],
      ],
      expect: { errno: "EEXIST" },
    },
  ],
});

export const ln_f = defineAction({
  proc: 165,
  summary: "make a hard link, replacing what was there",
  description: "As ln, but a file or link of that name is replaced. A directory is not.",
  args: { target: existing, linkname },
  ret: none(),
  effect: "write",
  errors: ["EISDIR", "ENOENT", "EPERM", "EXDEV", "EROFS"],
  since: "1.0.66",
  tests: [
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/a", content: "text" }],
        ["touch", { path: "/b" }],
        ["ln_f", { target: "/a", linkname: "/b" }],
        ["filesize", { file: "/b" }],
      ],
      expect: { result: 4 },
    },
    { init: "scratch", calls: [["ln_f", { target: "/none", linkname: "/b" }]], expect: { errno: "ENOENT" } },
  ],
});

export const ln_s = defineAction({
  proc: 166,
  summary: "make a symbolic link",
  description: "Makes a symbolic link. Nothing may exist at the link's own path.",
  args: { target, linkname },
  ret: none(),
  effect: "write",
  errors: ["EEXIST", "ENOENT", "EROFS"],
  since: "1.0.66",
  tests: [
    {
      init: "scratch",
      calls: [
        ["ln_s", { target: "../some/where", linkname: "/l" }],
        ["readlink", { path: "/l" }],
      ],
      expect: { result: "../some/where" },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/l" }],
        ["ln_s", { target: "x", linkname: "/l" }],
      ],
      expect: { errno: "EEXIST" },
    },
  ],
});

export const ln_sf = defineAction({
  proc: 167,
  summary: "make a symbolic link, replacing what was there",
  description:
    "As ln_s, but a file or link of that name is replaced, also a link that points to a directory. A directory is not.",
  args: { target, linkname },
  ret: none(),
  effect: "write",
  errors: ["EISDIR", "ENOENT", "EROFS"],
  since: "1.0.66",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/d" }],
        ["ln_s", { target: "d", linkname: "/l" }],
        ["ln_sf", { target: "/other", linkname: "/l" }],
        ["readlink", { path: "/l" }],
      ],
      expect: { result: "/other" },
    },
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/d" }],
        ["ln_sf", { target: "x", linkname: "/d" }],
      ],
      expect: { errno: "EISDIR" },
    },
  ],
});

export const readlink = defineAction({
  proc: 168,
  summary: "read the target of a symbolic link",
  description: "Gives what a symbolic link points to, as it is stored.",
  args: { path: pathname("Symbolic link.") },
  ret: rString("link"),
  effect: "read",
  errors: ["ENOENT", "ENOTDIR"],
  since: "1.0.66",
  tests: [
    {
      init: "scratch",
      calls: [
        ["ln_s", { target: "a\udcffb", linkname: "/l" }],
        ["readlink", { path: "/l" }],
      ],
      expect: { result: "a\udcffb" },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["readlink", { path: "/f" }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const internal_readlinklist = defineAction({
  proc: 206,
  summary: "read many symbolic links of one directory",
  description:
    "Gives the targets of the named links in a directory; an empty text for a name that is no link or not there.",
  args: { path: pathname("Directory."), names: stringList("Names in it.", "Filename") },
  ret: rStringList("links"),
  effect: "read",
  errors: ["ENOENT", "ENOTDIR"],
  since: "1.19.32",
  tests: [
    {
      init: "scratch",
      calls: [
        ["ln_s", { target: "x", linkname: "/l" }],
        ["touch", { path: "/f" }],
        ["internal_readlinklist", { path: "/", names: ["l", "f", "none"] }],
      ],
      expect: { result: ["x", "", ""] },
    },
    {
      init: "scratch",
      calls: [["internal_readlinklist", { path: "/none", names: ["l"] }]],
      expect: { errno: "ENOENT" },
    },
  ],
});
