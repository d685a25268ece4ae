/** First and last lines of files (upstream daemon/headtail.c). */
import { defineAction } from "../action.ts";
import { int, pathname } from "../field.ts";
import { rStringList } from "../result.ts";

const path = pathname("File.");
const FITS = "The lines come without their ends, and must fit in a message of 4 MiB.";
const LINES = [
  "internal_write",
  { path: "/f", content: Array.from({ length: 12 }, (_, index) => `${index + 1}\n`).join("") },
] as const;
const reading = {
  ret: rStringList("lines"),
  effect: "read",
  errors: ["ENOENT", "EISDIR", "EINVAL"],
  since: "1.0.54",
} as const;
const ALL = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"] as const;

export const head = defineAction({
  ...reading,
  proc: 121,
  summary: "read the first 10 lines of a file",
  description: `Gives the first 10 lines, or as many as there are. ${FITS}`,
  args: { path },
  tests: [
    { init: "scratch", calls: [LINES, ["head", { path: "/f" }]], expect: { result: ALL.slice(0, 10) } },
    { init: "scratch", calls: [["head", { path: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const head_n = defineAction({
  ...reading,
  proc: 122,
  summary: "read the first lines of a file",
  description: `Gives the first \`nrlines\` lines; with a negative number all but the last ones. ${FITS}`,
  args: { nrlines: int("Number of lines; negative: number of lines to leave out at the end."), path },
  tests: [
    { init: "scratch", calls: [LINES, ["head_n", { nrlines: 2, path: "/f" }]], expect: { result: ["1", "2"] } },
    { init: "scratch", calls: [LINES, ["head_n", { nrlines: -11, path: "/f" }]], expect: { result: ["1"] } },
    { init: "scratch", calls: [LINES, ["head_n", { nrlines: 0, path: "/f" }]], expect: { result: [] } },
    { init: "scratch", calls: [["head_n", { nrlines: 1, path: "/" }]], expect: { errno: "EISDIR" } },
  ],
});

export const tail = defineAction({
  ...reading,
  proc: 123,
  summary: "read the last 10 lines of a file",
  description: `Gives the last 10 lines, or as many as there are. ${FITS}`,
  args: { path },
  tests: [
    { init: "scratch", calls: [LINES, ["tail", { path: "/f" }]], expect: { result: ALL.slice(2) } },
    { init: "scratch", calls: [["tail", { path: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const tail_n = defineAction({
  ...reading,
  proc: 124,
  summary: "read the last lines of a file",
  description: `Gives the last \`nrlines\` lines; with a negative number -N all from the N-th line on. ${FITS}`,
  args: { nrlines: int("Number of lines; negative: number of the line to begin with, counted from 1."), path },
  tests: [
    { init: "scratch", calls: [LINES, ["tail_n", { nrlines: 2, path: "/f" }]], expect: { result: ["11", "12"] } },
    { init: "scratch", calls: [LINES, ["tail_n", { nrlines: -12, path: "/f" }]], expect: { result: ["12"] } },
    { init: "scratch", calls: [LINES, ["tail_n", { nrlines: 0, path: "/f" }]], expect: { result: [] } },
    { init: "scratch", calls: [["tail_n", { nrlines: 1, path: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});
