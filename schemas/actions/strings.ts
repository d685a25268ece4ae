/** Printable text in files (upstream daemon/strings.c). */
import { defineAction } from "../action.ts";
import { pathname, string } from "../field.ts";
import { rStringList } from "../result.ts";

const path = pathname("File.");

export const strings = defineAction({
  proc: 94,
  summary: "find the printable strings in a file",
  description:
    "Gives every run of at least four printable ASCII characters (tabs too) in the order of the file, as `strings -a` does. The text must fit in a message of 4 MiB.",
  args: { path },
  ret: rStringList("stringsout"),
  effect: "read",
  errors: ["ENOENT", "EISDIR", "EINVAL", "EFBIG"],
  since: "1.0.22",
  tests: [
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/f", content: "ab\0\0abcdefg\n\ttabbed text\0\udcfflatin\udce9text\0abc" }],
        ["strings", { path: "/f" }],
      ],
      expect: { result: ["abcdefg", "\ttabbed text", "latin", "text"] },
    },
    { init: "scratch", calls: [["strings", { path: "/none" }]], expect: { errno: "ENOENT" } },
    { init: "scratch", calls: [["strings", { path: "/" }]], expect: { errno: "EISDIR" } },
  ],
});

export const strings_e = defineAction({
  proc: 95,
  summary: "find the printable strings of an encoding in a file",
  description:
    "As `strings`, for characters of one (`s` 7 bits, `S` 8 bits), two (`b` big endian, `l` little endian) or four bytes (`B`, `L`). Characters above 127 end a string, but for `S`. `l` is what Windows programs have.",
  args: { encoding: string("One of `s`, `S`, `b`, `l`, `B`, `L`."), path },
  ret: rStringList("stringsout"),
  effect: "read",
  errors: ["ENOENT", "EISDIR", "EINVAL", "EFBIG"],
  since: "1.0.22",
  tests: [
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/f", content: "x\0\0h\0e\0l\0l\0o\0\0\0\0w" }],
        ["strings_e", { encoding: "b", path: "/f" }],
      ],
      expect: { result: ["hello"] },
    },
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/f", content: "h\0e\0l\0l\0o\0\u0001\0abcdefgh" }],
        ["strings_e", { encoding: "l", path: "/f" }],
      ],
      expect: { result: ["hello"] },
    },
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/f", content: "\0\0\0w\0\0\0o\0\0\0r\0\0\0d\0\0\0\0" }],
        ["strings_e", { encoding: "B", path: "/f" }],
      ],
      expect: { result: ["word"] },
    },
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/f", content: "\u0001latin\udce9text\u0001" }],
        ["strings_e", { encoding: "S", path: "/f" }],
      ],
      expect: { result: ["latin\udce9text"] },
    },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/f" }],
        ["strings_e", { encoding: "q", path: "/f" }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});
