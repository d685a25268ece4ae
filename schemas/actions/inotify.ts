/** inotify(7) in the guest (upstream daemon/inotify.c). One handle for all these calls. */
import { defineAction } from "../action.ts";
import { int, pathname } from "../field.ts";
import { none, rInt64, rStringList, rStructList } from "../result.ts";
import { structs } from "../structs.ts";
import type { Json } from "../json.ts";

type Call = readonly [action: string, args?: Readonly<Record<string, Json>>];

/** What these actions have in common. */
const common = { group: "inotify", since: "1.0.66" } as const;
const IN_CREATE = 256;
const IN_DELETE = 512;

const watched: readonly Call[] = [
  ["inotify_init", { maxevents: 0 }],
  ["inotify_add_watch", { path: "/", mask: IN_CREATE + IN_DELETE }],
];
const closed: readonly Call[] = [["inotify_init", { maxevents: 0 }], ["inotify_close"]];

export const inotify_init = defineAction({
  proc: 179,
  summary: "start watching files",
  description:
    "Makes a handle for the other inotify_ calls; one that was there is closed, with its watches. A filesystem must be mounted. " +
    "The limit of the queue stays in force for later handles; what comes beyond it is thrown away and told as IN_Q_OVERFLOW.",
  args: { maxevents: int("How many events are queued between two reads; 0 leaves the limit as it is.") },
  ret: none(),
  effect: "config",
  errors: [],
  ...common,
  tests: [
    {
      init: "scratch",
      calls: [...watched, ["inotify_init", { maxevents: 0 }], ["touch", { path: "/new" }], ["inotify_files"]],
      expect: { result: [] },
    },
    {
      init: "scratch",
      calls: [["inotify_init", { maxevents: 1000 }]],
      expect: { succeeds: true },
      applianceOnly: "the limit is the whole machine's",
    },
    { init: "scratch", calls: [["inotify_init", { maxevents: -1 }]], expect: { errno: "EINVAL" } },
  ],
});

export const inotify_add_watch = defineAction({
  proc: 180,
  summary: "watch a file or directory",
  description:
    "Watches a path for the events of a mask, and gives the number that its events carry. Of a directory, its entries are " +
    "watched too, but nothing below them. A path that is watched already gets the new mask.",
  args: {
    path: pathname("File or directory."),
    mask: int("Sum of the IN_ flags of inotify(7): 256 creation, 512 removal."),
  },
  ret: rInt64("wd"),
  effect: "config",
  errors: ["ENOENT"],
  ...common,
  tests: [
    { init: "scratch", calls: watched, expect: { result: 1 } },
    {
      init: "scratch",
      calls: [
        ["inotify_init", { maxevents: 0 }],
        ["inotify_add_watch", { path: "/none", mask: IN_CREATE }],
      ],
      expect: { errno: "ENOENT" },
    },
    {
      init: "scratch",
      calls: [...closed, ["inotify_add_watch", { path: "/", mask: IN_CREATE }]],
      expect: { errno: "" },
    },
  ],
});

export const inotify_rm_watch = defineAction({
  proc: 181,
  summary: "stop watching a file or directory",
  description: "Removes a watch. The queue gets one last event for it, IN_IGNORED.",
  args: { wd: int("Number that inotify_add_watch gave.") },
  ret: none(),
  effect: "config",
  errors: [],
  ...common,
  tests: [
    {
      init: "scratch",
      calls: [...watched, ["inotify_rm_watch", { wd: 1 }], ["touch", { path: "/new" }], ["inotify_read"]],
      expect: { result: [{ in_wd: 1, in_mask: 32768, in_cookie: 0, in_name: "" }] },
    },
    { init: "scratch", calls: [...watched, ["inotify_rm_watch", { wd: 7 }]], expect: { errno: "EINVAL" } },
  ],
});

export const inotify_read = defineAction({
  proc: 182,
  summary: "take events out of the queue",
  description:
    "Gives what has happened since the last read, in order, as much as fits in a reply: to have all, read until the list is empty.",
  args: {},
  ret: rStructList("events", structs.inotify_event),
  effect: "config",
  errors: [],
  ...common,
  tests: [
    {
      init: "scratch",
      calls: [...watched, ["touch", { path: "/new" }], ["rm", { path: "/new" }], ["inotify_read"]],
      expect: {
        result: [
          { in_wd: 1, in_mask: IN_CREATE, in_cookie: 0, in_name: "new" },
          { in_wd: 1, in_mask: IN_DELETE, in_cookie: 0, in_name: "new" },
        ],
      },
    },
    { init: "scratch", calls: [...watched, ["inotify_read"]], expect: { result: [] } },
    {
      init: "scratch",
      calls: [...watched, ["umount_all"], ["inotify_read"]],
      expect: { succeeds: true },
      applianceOnly: "mounts",
    },
    { init: "scratch", calls: [...closed, ["inotify_read"]], expect: { errno: "" } },
  ],
});

export const inotify_files = defineAction({
  proc: 183,
  summary: "names of files with events",
  description: "Empties the queue and gives the names that its events carry, sorted by their bytes, each once.",
  args: {},
  ret: rStringList("paths"),
  effect: "config",
  errors: [],
  ...common,
  tests: [
    {
      init: "scratch",
      calls: [
        ...watched,
        ["touch", { path: "/b" }],
        ["touch", { path: "/a" }],
        ["rm", { path: "/b" }],
        ["inotify_files"],
      ],
      expect: { result: ["a", "b"] },
    },
    { init: "scratch", calls: [...closed, ["inotify_files"]], expect: { errno: "" } },
  ],
});

export const inotify_close = defineAction({
  proc: 184,
  summary: "stop watching files",
  description: "Closes the handle, with its watches and what is still queued.",
  args: {},
  ret: none(),
  effect: "config",
  errors: [],
  ...common,
  tests: [
    { init: "scratch", calls: [...watched, ["inotify_close"]], expect: { succeeds: true } },
    { init: "scratch", calls: [...closed, ["inotify_close"]], expect: { errno: "" } },
  ],
});
