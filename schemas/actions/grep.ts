/** Searching files for text (upstream daemon/grep.c). */
import { defineAction } from "../action.ts";
import { bool, pathname, string } from "../field.ts";
import { rStringList } from "../result.ts";

const regex = string("Basic regular expression; one of several lines is several expressions.");
const extendedRegex = string("Extended regular expression.");
const pattern = string("Text to find as it is.");
const path = pathname("File.");
const packed = pathname("File, compressed with gzip or not at all.");
const TEXT = ["internal_write", { path: "/f", content: "abc\nABC\na.c\na+c\naac\nno newline" }] as const;
const NOT_THERE = { init: "scratch", expect: { errno: "ENOENT" } } as const;

/** What all of them have in common. */
const searching = {
  ret: rStringList("lines"),
  effect: "read",
  errors: ["ENOENT", "EISDIR", "EINVAL"],
  since: "1.0.66",
} as const;

export const grep = defineAction({
  ...searching,
  proc: 151,
  summary: "find the lines of a file that match",
  description:
    "Gives the lines that match a regular expression, without their ends; none is no error. As grep, it does not give lines of a file that is no text. The lines must fit in a message of 4 MiB.",
  args: { regex, path },
  optargs: {
    extended: bool("The expression is an extended one."),
    fixed: bool("The expression is text to find as it is; not with `extended`."),
    insensitive: bool("Upper and lower case are alike."),
    compressed: bool("The file is compressed with gzip; one that is not is searched as it is."),
  },
  tests: [
    {
      init: "scratch",
      calls: [TEXT, ["grep", { regex: "a.c", path: "/f" }]],
      expect: { result: ["abc", "a.c", "a+c", "aac"] },
    },
    { init: "scratch", calls: [TEXT, ["grep", { regex: "-none", path: "/f" }]], expect: { result: [] } },
    {
      init: "scratch",
      calls: [TEXT, ["grep", { regex: "a+c$", path: "/f", extended: true }]],
      expect: { result: ["aac"] },
    },
    {
      init: "scratch",
      calls: [TEXT, ["grep", { regex: "a.c", path: "/f", fixed: true }]],
      expect: { result: ["a.c"] },
    },
    {
      init: "scratch",
      calls: [TEXT, ["grep", { regex: "bC", path: "/f", insensitive: true }]],
      expect: { result: ["abc", "ABC"] },
    },
    {
      init: "scratch",
      calls: [TEXT, ["grep", { regex: "^no", path: "/f", compressed: true }]],
      expect: { result: ["no newline"] },
    },
    { init: "scratch", calls: [TEXT, ["grep", { regex: "[", path: "/f" }]], expect: { errno: "" } },
    {
      init: "scratch",
      calls: [TEXT, ["grep", { regex: "a", path: "/f", extended: true, fixed: true }]],
      expect: { errno: "EINVAL" },
    },
    { ...NOT_THERE, calls: [["grep", { regex: "a", path: "/none" }]] },
    { init: "scratch", calls: [["grep", { regex: "a", path: "/" }]], expect: { errno: "EISDIR" } },
  ],
});

export const egrep = defineAction({
  ...searching,
  proc: 152,
  summary: "find the lines of a file that match an extended regular expression",
  description: "As `grep` with `extended`, which new recipes use.",
  args: { regex: extendedRegex, path },
  tests: [
    { init: "scratch", calls: [TEXT, ["egrep", { regex: "a+c", path: "/f" }]], expect: { result: ["aac"] } },
    { ...NOT_THERE, calls: [["egrep", { regex: "a", path: "/none" }]] },
  ],
});

export const fgrep = defineAction({
  ...searching,
  proc: 153,
  summary: "find the lines of a file that match text as it is",
  description: "As `grep` with `fixed`, which new recipes use.",
  args: { pattern, path },
  tests: [
    { init: "scratch", calls: [TEXT, ["fgrep", { pattern: "a+c", path: "/f" }]], expect: { result: ["a+c"] } },
    { ...NOT_THERE, calls: [["fgrep", { pattern: "a", path: "/none" }]] },
  ],
});

export const grepi = defineAction({
  ...searching,
  proc: 154,
  summary: "find the lines of a file that match a basic regular expression, in either case",
  description: "As `grep` with `insensitive`, which new recipes use.",
  args: { regex, path },
  tests: [
    { init: "scratch", calls: [TEXT, ["grepi", { regex: "^A+C", path: "/f" }]], expect: { result: ["a+c"] } },
    { ...NOT_THERE, calls: [["grepi", { regex: "a", path: "/none" }]] },
  ],
});

export const egrepi = defineAction({
  ...searching,
  proc: 155,
  summary: "find the lines of a file that match an extended regular expression, in either case",
  description: "As `grep` with `extended` and `insensitive`, which new recipes use.",
  args: { regex: extendedRegex, path },
  tests: [
    { init: "scratch", calls: [TEXT, ["egrepi", { regex: "^A+C", path: "/f" }]], expect: { result: ["aac"] } },
    { ...NOT_THERE, calls: [["egrepi", { regex: "a", path: "/none" }]] },
  ],
});

export const fgrepi = defineAction({
  ...searching,
  proc: 156,
  summary: "find the lines of a file that match text as it is, in either case",
  description: "As `grep` with `fixed` and `insensitive`, which new recipes use.",
  args: { pattern, path },
  tests: [
    { init: "scratch", calls: [TEXT, ["fgrepi", { pattern: "A+C", path: "/f" }]], expect: { result: ["a+c"] } },
    { ...NOT_THERE, calls: [["fgrepi", { pattern: "a", path: "/none" }]] },
  ],
});

export const zgrep = defineAction({
  ...searching,
  proc: 157,
  summary: "find the lines of a compressed file that match a basic regular expression",
  description: "As `grep` with `compressed`, which new recipes use.",
  args: { regex, path: packed },
  tests: [
    { init: "scratch", calls: [TEXT, ["zgrep", { regex: "a+c$", path: "/f" }]], expect: { result: ["a+c"] } },
    { ...NOT_THERE, calls: [["zgrep", { regex: "a", path: "/none" }]] },
  ],
});

export const zegrep = defineAction({
  ...searching,
  proc: 158,
  summary: "find the lines of a compressed file that match an extended regular expression",
  description: "As `grep` with `extended` and `compressed`, which new recipes use.",
  args: { regex: extendedRegex, path: packed },
  tests: [
    { init: "scratch", calls: [TEXT, ["zegrep", { regex: "a+c", path: "/f" }]], expect: { result: ["aac"] } },
    { ...NOT_THERE, calls: [["zegrep", { regex: "a", path: "/none" }]] },
  ],
});

export const zfgrep = defineAction({
  ...searching,
  proc: 159,
  summary: "find the lines of a compressed file that match text as it is",
  description: "As `grep` with `fixed` and `compressed`, which new recipes use.",
  args: { pattern, path: packed },
  tests: [
    { init: "scratch", calls: [TEXT, ["zfgrep", { pattern: "a+c", path: "/f" }]], expect: { result: ["a+c"] } },
    { ...NOT_THERE, calls: [["zfgrep", { pattern: "a", path: "/none" }]] },
  ],
});

export const zgrepi = defineAction({
  ...searching,
  proc: 160,
  summary: "find the lines of a compressed file that match a basic regular expression, in either case",
  description: "As `grep` with `insensitive` and `compressed`, which new recipes use.",
  args: { regex, path: packed },
  tests: [
    { init: "scratch", calls: [TEXT, ["zgrepi", { regex: "^A+C", path: "/f" }]], expect: { result: ["a+c"] } },
    { ...NOT_THERE, calls: [["zgrepi", { regex: "a", path: "/none" }]] },
  ],
});

export const zegrepi = defineAction({
  ...searching,
  proc: 161,
  summary: "find the lines of a compressed file that match an extended regular expression, in either case",
  description: "As `grep` with `extended`, `insensitive` and `compressed`, which new recipes use.",
  args: { regex: extendedRegex, path: packed },
  tests: [
    { init: "scratch", calls: [TEXT, ["zegrepi", { regex: "^A+C", path: "/f" }]], expect: { result: ["aac"] } },
    { ...NOT_THERE, calls: [["zegrepi", { regex: "a", path: "/none" }]] },
  ],
});

export const zfgrepi = defineAction({
  ...searching,
  proc: 162,
  summary: "find the lines of a compressed file that match text as it is, in either case",
  description: "As `grep` with `fixed`, `insensitive` and `compressed`, which new recipes use.",
  args: { pattern, path: packed },
  tests: [
    { init: "scratch", calls: [TEXT, ["zfgrepi", { pattern: "A+C", path: "/f" }]], expect: { result: ["a+c"] } },
    { ...NOT_THERE, calls: [["zfgrepi", { pattern: "a", path: "/none" }]] },
  ],
});
