/** Windows Registry hives (upstream daemon/hivex.c). One handle; nodes and values are numbers that calls give. */
import { defineAction } from "../action.ts";
import { bool, buffer, int64, optString, pathname, string } from "../field.ts";
import { none, rBuffer, rInt64, rString, rStructList } from "../result.ts";
import { SAMPLE_HIVE_ROOT, sampleHive } from "../sample-hive.ts";
import { structs } from "../structs.ts";
import type { Json } from "../json.ts";

type Call = readonly [action: string, args?: Readonly<Record<string, Json>>];

/** What most of these actions have in common. */
const common = { group: "hivex", errors: [], since: "1.19.35" } as const;
const asks = { ...common, effect: "read" } as const;
const changes = { ...common, effect: "config" } as const;
const nodeh = int64("Node.");
const valueh = int64("Value.");

const root = SAMPLE_HIVE_ROOT;
/** What libhivex gives the first node and value that are added to the sample. */
const CHILD = 0x2020;
const VALUE = 0x2028;
const STRING = 1;
const BINARY = 3;

const opened: readonly Call[] = [
  ["internal_write", { path: "/hive", content: sampleHive() }],
  ["hivex_open", { filename: "/hive", write: true }],
];
const withChild: readonly Call[] = [...opened, ["hivex_node_add_child", { parent: root, name: "Größe" }]];
const withValue: readonly Call[] = [
  ...opened,
  ["hivex_node_set_value", { nodeh: root, key: "Path", t: STRING, val: "C\0:\0\\\0\0\0" }],
];
const closed: readonly Call[] = [...opened, ["hivex_close"]];

/** Fails as every call does that comes before hivex_open. */
const unopened = (action: string, args: Readonly<Record<string, Json>> = {}) =>
  ({ init: "scratch", calls: [...closed, [action, args]], expect: { errno: "" } }) as const;

export const hivex_open = defineAction({
  proc: 350,
  summary: "open a registry hive",
  description:
    "Opens a hive file for the other hivex_ calls; a hive that was open is closed, with changes that were not committed. What is changed is " +
    "kept in memory until hivex_commit.",
  args: { filename: pathname("Hive file.") },
  optargs: {
    verbose: bool("Messages of libhivex go to the console."),
    debug: bool("Even more messages."),
    write: bool("Allow changes; false when not given."),
    unsafe: bool("Read on where the hive is damaged."),
  },
  ret: none(),
  ...changes,
  errors: ["ENOENT", "ENOTSUP"],
  tests: [
    { init: "scratch", calls: [...opened, ["hivex_root"]], expect: { result: root } },
    {
      init: "scratch",
      calls: [
        ["internal_write", { path: "/text", content: "x".repeat(8192) }],
        ["hivex_open", { filename: "/text" }],
      ],
      expect: { errno: "ENOTSUP" },
    },
    { init: "scratch", calls: [["hivex_open", { filename: "/none" }]], expect: { errno: "ENOENT" } },
  ],
});

export const hivex_close = defineAction({
  proc: 351,
  summary: "close the registry hive",
  description: "Closes the hive and forgets what was not committed.",
  args: {},
  ret: none(),
  ...changes,
  tests: [{ init: "scratch", calls: closed, expect: { succeeds: true } }, unopened("hivex_close")],
});

export const hivex_root = defineAction({
  proc: 352,
  summary: "root node of the hive",
  description: "Gives the node of the hive's root key.",
  args: {},
  ret: rInt64("nodeh"),
  ...asks,
  tests: [{ init: "scratch", calls: [...opened, ["hivex_root"]], expect: { result: root } }, unopened("hivex_root")],
});

export const hivex_node_name = defineAction({
  proc: 353,
  summary: "name of a node",
  description: "Gives the name of a node. That of the root node means nothing.",
  args: { nodeh },
  ret: rString("name"),
  ...asks,
  tests: [
    {
      init: "scratch",
      calls: [...withChild, ["hivex_node_name", { nodeh: CHILD }]],
      expect: { result: "Größe" },
    },
    { init: "scratch", calls: [...opened, ["hivex_node_name", { nodeh: 1 }]], expect: { errno: "EINVAL" } },
  ],
});

export const hivex_node_children = defineAction({
  proc: 354,
  summary: "subkeys of a node",
  description: "Gives the nodes right below a node.",
  args: { nodeh },
  ret: rStructList("nodehs", structs.hivex_node),
  ...asks,
  tests: [
    {
      init: "scratch",
      calls: [...withChild, ["hivex_node_children", { nodeh: root }]],
      expect: { result: [{ hivex_node_h: CHILD }] },
    },
    { init: "scratch", calls: [...opened, ["hivex_node_children", { nodeh: -1 }]], expect: { errno: "EINVAL" } },
  ],
});

export const hivex_node_get_child = defineAction({
  proc: 355,
  summary: "subkey of a name",
  description: "Gives the node of this name right below a node, 0 when there is none. Case does not matter.",
  args: { nodeh, name: string("Name of the subkey.") },
  ret: rInt64("child"),
  ...asks,
  tests: [
    {
      init: "scratch",
      calls: [...withChild, ["hivex_node_get_child", { nodeh: root, name: "Größe" }]],
      expect: { result: CHILD },
    },
    {
      init: "scratch",
      calls: [...withChild, ["hivex_node_get_child", { nodeh: root, name: "none" }]],
      expect: { result: 0 },
    },
    {
      init: "scratch",
      calls: [...opened, ["hivex_node_get_child", { nodeh: 1, name: "none" }]],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const hivex_node_parent = defineAction({
  proc: 356,
  summary: "parent of a node",
  description: "Gives the node above a node. The root has none.",
  args: { nodeh },
  ret: rInt64("parent"),
  ...asks,
  tests: [
    { init: "scratch", calls: [...withChild, ["hivex_node_parent", { nodeh: CHILD }]], expect: { result: root } },
    { init: "scratch", calls: [...opened, ["hivex_node_parent", { nodeh: 1 }]], expect: { errno: "EINVAL" } },
  ],
});

export const hivex_node_values = defineAction({
  proc: 357,
  summary: "values of a node",
  description: "Gives the values that a node holds.",
  args: { nodeh },
  ret: rStructList("valuehs", structs.hivex_value),
  ...asks,
  tests: [
    {
      init: "scratch",
      calls: [...withValue, ["hivex_node_values", { nodeh: root }]],
      expect: { result: [{ hivex_value_h: VALUE }] },
    },
    { init: "scratch", calls: [...opened, ["hivex_node_values", { nodeh: 1 }]], expect: { errno: "EINVAL" } },
  ],
});

export const hivex_node_get_value = defineAction({
  proc: 358,
  summary: "value of a name",
  description: "Gives the value of this name that a node holds, 0 when there is none. Case does not matter.",
  args: { nodeh, key: string("Name of the value; empty for the default one.") },
  ret: rInt64("valueh"),
  ...asks,
  tests: [
    {
      init: "scratch",
      calls: [...withValue, ["hivex_node_get_value", { nodeh: root, key: "path" }]],
      expect: { result: VALUE },
    },
    {
      init: "scratch",
      calls: [...withValue, ["hivex_node_get_value", { nodeh: root, key: "none" }]],
      expect: { result: 0 },
    },
    {
      init: "scratch",
      calls: [...opened, ["hivex_node_get_value", { nodeh: 1, key: "none" }]],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const hivex_value_key = defineAction({
  proc: 359,
  summary: "name of a value",
  description: "Gives the name of a value, empty for the default one.",
  args: { valueh },
  ret: rString("key"),
  ...asks,
  tests: [
    { init: "scratch", calls: [...withValue, ["hivex_value_key", { valueh: VALUE }]], expect: { result: "Path" } },
    { init: "scratch", calls: [...opened, ["hivex_value_key", { valueh: 1 }]], expect: { errno: "EINVAL" } },
  ],
});

export const hivex_value_type = defineAction({
  proc: 360,
  summary: "type of a value",
  description: "Gives the type of a value's data, e.g. 1 for text (REG_SZ), 3 for bytes, 4 for a number of 32 bits.",
  args: { valueh },
  ret: rInt64("datatype"),
  ...asks,
  tests: [
    { init: "scratch", calls: [...withValue, ["hivex_value_type", { valueh: VALUE }]], expect: { result: STRING } },
    { init: "scratch", calls: [...opened, ["hivex_value_type", { valueh: 1 }]], expect: { errno: "EINVAL" } },
  ],
});

export const hivex_value_value = defineAction({
  proc: 361,
  summary: "data of a value",
  description: "Gives the bytes of a value, as they are in the hive.",
  args: { valueh },
  ret: rBuffer("databuf"),
  ...asks,
  tests: [
    {
      init: "scratch",
      calls: [...withValue, ["hivex_value_value", { valueh: VALUE }]],
      expect: { result: "C\0:\0\\\0\0\0" },
    },
    { init: "scratch", calls: [...opened, ["hivex_value_value", { valueh: 1 }]], expect: { errno: "EINVAL" } },
  ],
});

const asText = {
  summary: "data of a value as text",
  description:
    "Gives the data of a value, which must be UTF-16LE as Windows stores text, in UTF-8, up to its first zero.",
  args: { valueh },
  ret: rString("databuf"),
  ...asks,
} as const;

export const hivex_value_utf8 = defineAction({
  proc: 478,
  ...asText,
  tests: [
    { init: "scratch", calls: [...withValue, ["hivex_value_utf8", { valueh: VALUE }]], expect: { result: "C:\\" } },
    unopened("hivex_value_utf8", { valueh: VALUE }),
  ],
});

export const hivex_value_string = defineAction({
  proc: 479,
  ...asText,
  since: "1.37.22",
  tests: [
    { init: "scratch", calls: [...withValue, ["hivex_value_string", { valueh: VALUE }]], expect: { result: "C:\\" } },
    {
      init: "scratch",
      calls: [
        ...opened,
        ["hivex_node_set_value", { nodeh: root, key: "Path", t: BINARY, val: "\0\ud83d" }],
        ["hivex_value_string", { valueh: VALUE }],
      ],
      expect: { errno: "EINVAL" },
    },
  ],
});

export const hivex_commit = defineAction({
  proc: 362,
  summary: "write the hive to a file",
  description:
    "Writes the hive with its changes to the file that it was opened from, or to another one, which is replaced. The hive must have been " +
    "opened for writing. Node and value numbers are to be asked for again afterwards.",
  args: { filename: optString("Other file; null for the one that was opened.") },
  ret: none(),
  ...common,
  effect: "write",
  errors: ["EROFS"],
  tests: [
    {
      init: "scratch",
      calls: [
        ...withChild,
        ["hivex_commit", { filename: null }],
        ["hivex_open", { filename: "/hive" }],
        ["hivex_node_name", { nodeh: CHILD }],
      ],
      expect: { result: "Größe" },
    },
    {
      init: "scratch",
      calls: [...withChild, ["hivex_commit", { filename: "/new" }], ["filesize", { file: "/hive" }]],
      expect: { result: 8192 },
    },
    {
      init: "scratch",
      calls: [...opened, ["hivex_open", { filename: "/hive" }], ["hivex_commit", { filename: "/new" }]],
      expect: { errno: "EROFS" },
    },
    { init: "scratch", calls: [...opened, ["hivex_commit", { filename: "hive" }]], expect: { errno: "EINVAL" } },
    unopened("hivex_commit", { filename: null }),
  ],
});

export const hivex_node_add_child = defineAction({
  proc: 363,
  summary: "add a subkey",
  description: "Adds an empty node below a node, and gives it. There must be none of this name.",
  args: { parent: int64("Node to add to."), name: string("Name of the new node.") },
  ret: rInt64("nodeh"),
  ...changes,
  errors: ["EEXIST", "EROFS"],
  tests: [
    { init: "scratch", calls: withChild, expect: { result: CHILD } },
    {
      init: "scratch",
      calls: [...withChild, ["hivex_node_add_child", { parent: root, name: "Größe" }]],
      expect: { errno: "EEXIST" },
    },
  ],
});

export const hivex_node_delete_child = defineAction({
  proc: 364,
  summary: "delete a subkey",
  description: "Deletes a node with its values and all below it. The root cannot be deleted.",
  args: { nodeh },
  ret: none(),
  ...changes,
  errors: ["EROFS"],
  tests: [
    {
      init: "scratch",
      calls: [...withChild, ["hivex_node_delete_child", { nodeh: CHILD }], ["hivex_node_children", { nodeh: root }]],
      expect: { result: [] },
    },
    { init: "scratch", calls: [...opened, ["hivex_node_delete_child", { nodeh: root }]], expect: { errno: "EINVAL" } },
  ],
});

export const hivex_node_set_value = defineAction({
  proc: 365,
  summary: "set a value",
  description: "Adds a value to a node, or replaces the one of this name.",
  args: {
    nodeh,
    key: string("Name of the value; empty for the default one."),
    t: int64("Type of the data, as hivex_value_type gives it."),
    val: buffer("Data, as it is to stand in the hive: text as UTF-16LE with a zero at its end."),
  },
  ret: none(),
  ...changes,
  errors: ["EROFS"],
  tests: [
    {
      init: "scratch",
      calls: [
        ...withValue,
        ["hivex_node_set_value", { nodeh: root, key: "Path", t: BINARY, val: "abc" }],
        ["hivex_node_values", { nodeh: root }],
      ],
      expect: { matches: String.raw`^\[\{[^}]*\}\]$` },
    },
    {
      init: "scratch",
      calls: [...opened, ["hivex_node_set_value", { nodeh: root, key: "Path", t: -1, val: "" }]],
      expect: { errno: "EINVAL" },
    },
    {
      init: "scratch",
      calls: [
        ...opened,
        ["hivex_open", { filename: "/hive" }],
        ["hivex_node_set_value", { nodeh: root, key: "Path", t: BINARY, val: "abc" }],
      ],
      expect: { errno: "EROFS" },
    },
  ],
});
