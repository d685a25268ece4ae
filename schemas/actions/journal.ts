/** The guest's systemd journal (upstream daemon/journal.c). One handle, with a place in the journal. */
import { defineAction } from "../action.ts";
import { fileOut, int64, pathname } from "../field.ts";
import { none, rBool, rInt64 } from "../result.ts";
import type { Json } from "../json.ts";

type Call = readonly [action: string, args?: Readonly<Record<string, Json>>];

/** What these actions have in common. */
const common = { group: "journal", since: "1.23.11" } as const;
const DEFAULT_THRESHOLD = 65536;

/** A directory without any journal file is an empty journal. */
const opened: readonly Call[] = [
  ["mkdir", { path: "/journal" }],
  ["journal_open", { directory: "/journal" }],
];
const closed: readonly Call[] = [...opened, ["journal_close"]];
const TESTED_IN = "tests/guestfsd/actions/journal.test.ts";

/** Fails as every call does that comes before journal_open. */
const unopened = (action: string, args: Readonly<Record<string, Json>> = {}) =>
  ({ init: "scratch", calls: [...closed, [action, args]], expect: { errno: "" } }) as const;

export const journal_open = defineAction({
  proc: 404,
  summary: "open a systemd journal",
  description:
    "Opens the journal files in a directory, and in its subdirectories that are named for a machine, for the other journal_ calls, before their first entry. A journal " +
    "that was open is closed. umount_all closes it too.",
  args: { directory: pathname("Directory, mostly `/var/log/journal`.") },
  ret: none(),
  effect: "config",
  errors: ["ENOENT", "ENOTDIR"],
  ...common,
  tests: [
    { init: "scratch", calls: opened, expect: { succeeds: true } },
    { init: "scratch", calls: [["journal_open", { directory: "/none" }]], expect: { errno: "ENOENT" } },
    {
      init: "scratch",
      calls: [
        ["touch", { path: "/file" }],
        ["journal_open", { directory: "/file" }],
      ],
      expect: { errno: "ENOTDIR" },
    },
  ],
});

export const journal_close = defineAction({
  proc: 405,
  summary: "close the systemd journal",
  description: "Closes the journal.",
  args: {},
  ret: none(),
  effect: "config",
  errors: [],
  ...common,
  tests: [{ init: "scratch", calls: closed, expect: { succeeds: true } }, unopened("journal_close")],
});

export const journal_next = defineAction({
  proc: 406,
  summary: "go to the next entry of the journal",
  description:
    "Goes to the next entry, or to the first one after journal_open; false when there is none, which leaves the place at the end.",
  args: {},
  ret: rBool("more"),
  effect: "config",
  errors: [],
  ...common,
  tests: [
    { init: "scratch", calls: [...opened, ["journal_next"]], expect: { result: false } },
    unopened("journal_next"),
  ],
});

export const journal_skip = defineAction({
  proc: 407,
  summary: "go forwards or backwards in the journal",
  description: "Goes over a number of entries, and gives how many there were: fewer than asked for at either end.",
  args: { skip: int64("Number of entries, negative to go backwards.") },
  ret: rInt64("rskip"),
  effect: "config",
  errors: [],
  ...common,
  tests: [
    { init: "scratch", calls: [...opened, ["journal_skip", { skip: -3 }]], expect: { result: 0 } },
    unopened("journal_skip", { skip: 1 }),
  ],
});

export const internal_journal_get = defineAction({
  proc: 408,
  summary: "fields of the entry of the journal",
  description:
    "Sends the fields of the entry that was gone to, each as its length (64 bits, big-endian) and `NAME=data`. Internal: the library's " +
    "journal_get takes them apart.",
  args: { filename: fileOut("Where the fields go.") },
  ret: none(),
  effect: "read",
  errors: [],
  ...common,
  tests: [
    { init: "scratch", calls: [...opened, ["internal_journal_get"]], expect: { errno: "EADDRNOTAVAIL" } },
    unopened("internal_journal_get"),
  ],
  testedIn: TESTED_IN,
});

export const journal_get_data_threshold = defineAction({
  proc: 409,
  summary: "length beyond which fields of the journal may be cut",
  description: "Gives the number of bytes that a field has at least before it may be cut off; 0 for no limit.",
  args: {},
  ret: rInt64("threshold"),
  effect: "read",
  errors: [],
  ...common,
  tests: [
    {
      init: "scratch",
      calls: [...opened, ["journal_get_data_threshold"]],
      expect: { result: DEFAULT_THRESHOLD },
    },
    unopened("journal_get_data_threshold"),
  ],
});

export const journal_set_data_threshold = defineAction({
  proc: 410,
  summary: "set the length beyond which fields of the journal may be cut",
  description: "Sets the number of bytes that are given of a field at least. A hint: it may be given whole.",
  args: { threshold: int64("Bytes, 0 for no limit.") },
  ret: none(),
  effect: "config",
  errors: [],
  ...common,
  tests: [
    {
      init: "scratch",
      calls: [...opened, ["journal_set_data_threshold", { threshold: 100 }], ["journal_get_data_threshold"]],
      expect: { result: 100 },
    },
    {
      init: "scratch",
      calls: [...opened, ["journal_set_data_threshold", { threshold: -1 }]],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const journal_get_realtime_usec = defineAction({
  proc: 420,
  summary: "time of the entry of the journal",
  description: "Gives the time of the entry that was gone to, in microseconds since 1970.",
  args: {},
  ret: rInt64("usec"),
  effect: "read",
  errors: [],
  ...common,
  since: "1.27.18",
  tests: [
    { init: "scratch", calls: [...opened, ["journal_get_realtime_usec"]], expect: { errno: "EADDRNOTAVAIL" } },
    unopened("journal_get_realtime_usec"),
  ],
  testedIn: TESTED_IN,
});
