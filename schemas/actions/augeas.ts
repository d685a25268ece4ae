/** Augeas: edit configuration files as a tree (upstream daemon/augeas.c). One handle; path expressions are Augeas's own. */
import { defineAction } from "../action.ts";
import { bool, int, optString, pathname, string } from "../field.ts";
import { none, rInt, rString, rStringList, rStruct } from "../result.ts";
import { structs } from "../structs.ts";
import type { Json } from "../json.ts";

type Call = readonly [action: string, args?: Readonly<Record<string, Json>>];

/** What most of these actions have in common. */
const common = { effect: "config", errors: [], since: "0.0.7" } as const;
const augpath = string("Path expression.");
const val = string("Value.");
const NO_LOAD = 32 + 64; // And no lens before it is named: all of them take a second or more.

/** An /etc/hosts, and the handle that has read it. */
const withHosts: readonly Call[] = [
  ["mkdir", { path: "/etc" }],
  ["internal_write", { path: "/etc/hosts", content: "127.0.0.1 localhost\n10.0.0.1 b a\n" }],
  ["aug_init", { root: "/", flags: NO_LOAD }],
  ["aug_transform", { lens: "Hosts.lns", file: "/etc/hosts" }],
  ["aug_load"],
];
const withoutFiles: readonly Call[] = [["aug_init", { root: "/", flags: NO_LOAD }]];

export const aug_init = defineAction({
  proc: 16,
  summary: "start Augeas",
  description:
    "Makes a handle for all other aug_ calls and reads every file that a lens claims, unless flag 32 says not to. A handle " +
    "that was there is closed, unsaved changes with it. The lenses are the appliance's, the files only the guest's.",
  args: {
    root: pathname("Directory that counts as the root of the tree, mostly `/`."),
    flags: int(
      "Sum of 1 (keep .augsave), 2 (write .augnew), 4 (type-check lenses), 8 (no standard lenses), 16 (save nothing), 32 (load nothing), 64 (read no lens before it is named).",
    ),
  },
  ret: none(),
  ...common,
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/etc" }],
        ["internal_write", { path: "/etc/hostname", content: "gild\n" }],
        ["aug_init", { root: "/", flags: 0 }],
        ["aug_get", { augpath: "/files/etc/hostname/hostname" }],
      ],
      expect: { result: "gild" },
    },
    { init: "scratch", calls: [["aug_init", { root: "etc", flags: 0 }]], expect: { errno: "EINVAL" } },
  ],
});

export const aug_defvar = defineAction({
  proc: 17,
  summary: "define an Augeas variable",
  description:
    "Makes $NAME stand for the nodes of an expression, and gives their number. Without expression, undefines it.",
  args: { name: string("Name without the dollar sign."), expr: optString("Path expression.") },
  ret: rInt("nrnodes"),
  ...common,
  tests: [
    {
      init: "scratch",
      calls: [...withHosts, ["aug_defvar", { name: "all", expr: "/files/etc/hosts/*" }]],
      expect: { result: 2 },
    },
    { init: "scratch", calls: [...withoutFiles, ["aug_defvar", { name: "x", expr: "/a[" }]], expect: { errno: "" } },
  ],
});

export const aug_defnode = defineAction({
  proc: 18,
  summary: "define an Augeas variable, creating its node",
  description: "As aug_defvar, but if the expression matches nothing, one node is created with the value.",
  args: { name: string("Name without the dollar sign."), expr: augpath, val },
  ret: rStruct("nrnodescreated", structs.int_bool),
  ...common,
  tests: [
    {
      init: "scratch",
      calls: [...withoutFiles, ["aug_defnode", { name: "n", expr: "/x/y", val: "v" }]],
      expect: { result: { i: 1, b: 1 } },
    },
    {
      init: "scratch",
      calls: [...withoutFiles, ["aug_defnode", { name: "n", expr: "/x[", val: "v" }]],
      expect: { errno: "" },
    },
  ],
});

export const aug_get = defineAction({
  proc: 19,
  summary: "value of an Augeas node",
  description:
    "Gives the value of the one node that matches; empty when the node has none. No node, or several, is an error.",
  args: { augpath },
  ret: rString("val"),
  ...common,
  effect: "read",
  tests: [
    {
      init: "scratch",
      calls: [...withHosts, ["aug_get", { augpath: "/files/etc/hosts/1/canonical" }]],
      expect: { result: "localhost" },
    },
    { init: "scratch", calls: [...withoutFiles, ["aug_get", { augpath: "/none" }]], expect: { errno: "" } },
  ],
});

export const aug_set = defineAction({
  proc: 20,
  summary: "set the value of an Augeas node",
  description: "Sets the value of the one node that matches, creating it and its parents if there is none.",
  args: { augpath, val },
  ret: none(),
  ...common,
  tests: [
    {
      init: "scratch",
      calls: [
        ...withHosts,
        ["aug_set", { augpath: "/files/etc/hosts/1/canonical", val: "home" }],
        ["aug_get", { augpath: "/files/etc/hosts/1/canonical" }],
      ],
      expect: { result: "home" },
    },
    {
      init: "scratch",
      calls: [...withHosts, ["aug_set", { augpath: "/files/etc/hosts/*", val: "x" }]],
      expect: { errno: "" },
    },
  ],
});

export const aug_insert = defineAction({
  proc: 21,
  summary: "insert an Augeas node",
  description: "Makes a node with this label and no value, right before or after the one node that matches.",
  args: { augpath, label: string("Label of the new node."), before: bool("Before rather than after.") },
  ret: none(),
  ...common,
  tests: [
    {
      init: "scratch",
      calls: [
        ...withHosts,
        ["aug_insert", { augpath: "/files/etc/hosts/2", label: "#comment", before: true }],
        ["aug_match", { augpath: "/files/etc/hosts/*" }],
      ],
      expect: { result: ["/files/etc/hosts/1", "/files/etc/hosts/#comment", "/files/etc/hosts/2"] },
    },
    {
      init: "scratch",
      calls: [...withoutFiles, ["aug_insert", { augpath: "/none", label: "x", before: false }]],
      expect: { errno: "" },
    },
  ],
});

export const aug_rm = defineAction({
  proc: 22,
  summary: "remove Augeas nodes",
  description: "Removes all nodes that match and what is below them; gives the number of nodes removed.",
  args: { augpath },
  ret: rInt("nrnodes"),
  ...common,
  tests: [
    { init: "scratch", calls: [...withHosts, ["aug_rm", { augpath: "/files/etc/hosts/2" }]], expect: { result: 4 } },
    { init: "scratch", calls: [...withoutFiles, ["aug_rm", { augpath: "/x[" }]], expect: { errno: "" } },
  ],
});

export const aug_mv = defineAction({
  proc: 23,
  summary: "move an Augeas node",
  description: "Moves the node that matches with all below it; a destination that exists is replaced.",
  args: { src: string("Node to move."), dest: string("Where it goes.") },
  ret: none(),
  ...common,
  tests: [
    {
      init: "scratch",
      calls: [
        ...withHosts,
        ["aug_mv", { src: "/files/etc/hosts/1", dest: "/files/etc/hosts/3" }],
        ["aug_get", { augpath: "/files/etc/hosts/3/ipaddr" }],
      ],
      expect: { result: "127.0.0.1" },
    },
    { init: "scratch", calls: [...withoutFiles, ["aug_mv", { src: "/none", dest: "/x" }]], expect: { errno: "" } },
  ],
});

export const aug_match = defineAction({
  proc: 24,
  summary: "find Augeas nodes that match an expression",
  description: "Gives the paths of all nodes that match, none or more.",
  args: { augpath },
  ret: rStringList("matches"),
  ...common,
  effect: "read",
  tests: [
    {
      init: "scratch",
      calls: [...withHosts, ["aug_match", { augpath: "/files/etc/hosts/*[canonical = 'b']" }]],
      expect: { result: ["/files/etc/hosts/2"] },
    },
    { init: "scratch", calls: [...withoutFiles, ["aug_match", { augpath: "/x[" }]], expect: { errno: "" } },
  ],
});

export const aug_save = defineAction({
  proc: 25,
  summary: "write what was changed through Augeas",
  description:
    "Writes every file whose tree was changed; files without change are not touched. The flags of aug_init say how. " +
    "On failure the message names the files.",
  args: {},
  ret: none(),
  ...common,
  effect: "write",
  tests: [
    {
      init: "scratch",
      calls: [
        ...withHosts,
        ["aug_set", { augpath: "/files/etc/hosts/1/canonical", val: "home" }],
        ["aug_save"],
        ["download", { remotefilename: "/etc/hosts" }],
      ],
      expect: { result: "127.0.0.1 home\n10.0.0.1 b a\n" },
    },
    {
      init: "scratch",
      calls: [...withHosts, ["aug_set", { augpath: "/files/etc/hosts/1/nonsense", val: "x" }], ["aug_save"]],
      expect: { errno: "" },
    },
  ],
});

export const aug_close = defineAction({
  proc: 26,
  summary: "end Augeas",
  description: "Closes the handle and forgets what was not saved. Later aug_ calls need aug_init first.",
  args: {},
  ret: none(),
  ...common,
  tests: [
    { init: "scratch", calls: [...withoutFiles, ["aug_close"]], expect: { succeeds: true } },
    { init: "scratch", calls: [...withoutFiles, ["aug_close"], ["aug_close"]], expect: { errno: "" } },
  ],
});

export const aug_load = defineAction({
  proc: 27,
  summary: "read files into the Augeas tree",
  description:
    "Reads the files that /augeas/load names, again where their time has changed, and forgets what was not saved. A file that its lens cannot read is no error " +
    "here: it is noted below /augeas/files. A lens that the appliance does not have is one.",
  args: {},
  ret: none(),
  ...common,
  tests: [
    {
      init: "scratch",
      calls: [
        ...withHosts,
        ["internal_write", { path: "/etc/hosts", content: "::1 six\n" }],
        ["utimens", { path: "/etc/hosts", atsecs: 1, atnsecs: 0, mtsecs: 1, mtnsecs: 0 }],
        ["aug_load"],
        ["aug_get", { augpath: "/files/etc/hosts/1/ipaddr" }],
      ],
      expect: { result: "::1" },
    },
    {
      init: "scratch",
      calls: [...withoutFiles, ["aug_transform", { lens: "Nosuch.lns", file: "/etc/x" }], ["aug_load"]],
      expect: { errno: "" },
    },
  ],
});

export const aug_ls = defineAction({
  proc: 28,
  summary: "nodes below an Augeas node, sorted",
  description:
    "Gives the paths of the nodes right below a path, sorted by their bytes. The path must not end in a slash, unless it is `/`.",
  args: { augpath },
  ret: rStringList("matches"),
  ...common,
  effect: "read",
  since: "0.0.8",
  tests: [
    {
      init: "scratch",
      calls: [...withHosts, ["aug_ls", { augpath: "/files/etc/hosts/2" }]],
      expect: {
        result: ["/files/etc/hosts/2/alias", "/files/etc/hosts/2/canonical", "/files/etc/hosts/2/ipaddr"],
      },
    },
    { init: "scratch", calls: [...withoutFiles, ["aug_ls", { augpath: "/files/*" }]], expect: { errno: "EINVAL" } },
  ],
});

export const aug_clear = defineAction({
  proc: 239,
  summary: "take the value of an Augeas node away",
  description: "Leaves the one node that matches without a value, creating it if there is none.",
  args: { augpath },
  ret: none(),
  ...common,
  since: "1.3.4",
  tests: [
    {
      init: "scratch",
      calls: [
        ...withoutFiles,
        ["aug_set", { augpath: "/x", val: "v" }],
        ["aug_clear", { augpath: "/x" }],
        ["aug_get", { augpath: "/x" }],
      ],
      expect: { result: "" },
    },
    { init: "scratch", calls: [...withoutFiles, ["aug_clear", { augpath: "/augeas/*" }]], expect: { errno: "" } },
  ],
});

export const aug_setm = defineAction({
  proc: 411,
  summary: "set the values of many Augeas nodes",
  description:
    "Sets the value of a sub-expression below every node that matches the base, or of the base nodes themselves when there " +
    "is none. Gives the number of nodes set.",
  args: { base: string("Path expression."), sub: optString("Path expression relative to each."), val },
  ret: rInt("nodes"),
  effect: "config",
  errors: [],
  since: "1.23.14",
  tests: [
    {
      init: "scratch",
      calls: [...withHosts, ["aug_setm", { base: "/files/etc/hosts/*", sub: "canonical", val: "same" }]],
      expect: { result: 2 },
    },
    {
      init: "scratch",
      calls: [...withoutFiles, ["aug_setm", { base: "/x[", sub: null, val: "v" }]],
      expect: { errno: "" },
    },
  ],
});

export const aug_label = defineAction({
  proc: 412,
  summary: "label of an Augeas node",
  description: "Gives the label of the one node that matches. No node, or several, is an error.",
  args: { augpath },
  ret: rString("label"),
  ...common,
  effect: "read",
  since: "1.23.14",
  tests: [
    {
      init: "scratch",
      calls: [...withHosts, ["aug_label", { augpath: "/files/etc/hosts/*[last()]" }]],
      expect: { result: "2" },
    },
    { init: "scratch", calls: [...withoutFiles, ["aug_label", { augpath: "/none" }]], expect: { errno: "" } },
  ],
});

export const aug_transform = defineAction({
  proc: 469,
  summary: "name a lens for files",
  description: "Adds files, or with `remove` excludes them, to what the next aug_load reads with a lens.",
  args: { lens: string("Lens, e.g. Hosts.lns."), file: string("Path or glob in the guest.") },
  optargs: { remove: bool("Exclude the file; false when not given.") },
  ret: none(),
  ...common,
  since: "1.35.2",
  tests: [
    {
      init: "scratch",
      calls: [
        ...withoutFiles,
        ["aug_transform", { lens: "Hosts.lns", file: "/etc/more-hosts" }],
        ["aug_match", { augpath: "/augeas/load//incl[. = '/etc/more-hosts']" }],
      ],
      expect: { matches: "Hosts" },
    },
    {
      init: "scratch",
      calls: [["aug_transform", { lens: "Hosts.lns", file: "/etc/x" }]],
      expect: { errno: "" },
    },
  ],
});
