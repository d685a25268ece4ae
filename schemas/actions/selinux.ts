/** SELinux labels (upstream daemon/selinux.c and selinux-relabel.c). */
import { defineAction } from "../action.ts";
import { bool, pathname, string, stringList } from "../field.ts";
import { none, rString } from "../result.ts";

const specfile = string("Path in the guest of the policy's file_contexts.");
const force = bool("Reset customisable labels too, and user, role and range of all; false when not given.");
const group = "selinuxrelabel";
const policy = "/d(/.*)? system_u:object_r:etc_t:s0\n";

export const setcon = defineAction({
  proc: 185,
  summary: "set the security context of the daemon",
  description:
    "Sets the context that the daemon and the programs it starts run in. Superseded by selinux_relabel; works only in an appliance whose kernel runs with SELinux.",
  args: { context: string("Context, e.g. `system_u:system_r:init_t:s0`.") },
  ret: none(),
  effect: "config",
  group: "selinux",
  errors: [],
  since: "1.0.67",
  tests: [
    {
      init: "none",
      calls: [["setcon", { context: "nonsense" }]],
      expect: { errno: "EINVAL" },
      applianceOnly: "changes the process",
    },
  ],
  testExcuse: "no SELinux policy is loaded in the appliance, so no context can be set",
});

export const getcon = defineAction({
  proc: 186,
  summary: "security context of the daemon",
  description:
    "Gives the context that the daemon runs in, as the kernel's security module words it. Superseded by selinux_relabel.",
  args: {},
  ret: rString("context"),
  effect: "read",
  group: "selinux",
  errors: [],
  since: "1.0.67",
  tests: [
    {
      init: "none",
      calls: [["getcon"]],
      expect: { contains: "unconfined" },
      applianceOnly: "depends on the security module of the kernel",
    },
  ],
});

export const selinux_relabel = defineAction({
  proc: 467,
  summary: "label a tree as the guest's policy says",
  description:
    "Sets the SELinux label of everything below a path, from the guest's own file_contexts, also on filesystems mounted " +
    "there. /dev, /proc, /sys, /selinux and filesystems that hold no labels are left alone.",
  args: { specfile, path: pathname("Where to begin, mostly `/`.") },
  optargs: { force },
  ret: none(),
  effect: "write",
  group,
  errors: ["ENOENT"],
  since: "1.33.43",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/d" }],
        ["internal_write", { path: "/contexts", content: policy }],
        ["selinux_relabel", { specfile: "/contexts", path: "/", force: true }],
        ["getxattr", { path: "/d", name: "security.selinux" }],
      ],
      expect: { result: "system_u:object_r:etc_t:s0\0" },
      applianceOnly: "needs setfiles",
    },
    {
      init: "scratch",
      calls: [["selinux_relabel", { specfile: "/none", path: "/" }]],
      expect: { errno: "ENOENT" },
      applianceOnly: "needs setfiles",
    },
  ],
});

export const setfiles = defineAction({
  proc: 519,
  summary: "label trees as the guest's policy says",
  description:
    "As selinux_relabel, of several paths, and with paths to be left alone. Stays on the filesystem of each path.",
  args: { specfile, paths: stringList("Where to begin; each path with all below it.", "Pathname") },
  optargs: { force, excludes: stringList("Directories to be left alone, with all below them.") },
  ret: none(),
  effect: "write",
  group,
  errors: ["ENOENT"],
  since: "1.57.1",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir_p", { path: "/d/not" }],
        ["internal_write", { path: "/contexts", content: policy }],
        ["setfiles", { specfile: "/contexts", paths: ["/d"], force: true, excludes: ["/d/not"] }],
        ["getxattr", { path: "/d", name: "security.selinux" }],
      ],
      expect: { result: "system_u:object_r:etc_t:s0\0" },
      applianceOnly: "needs setfiles",
    },
    {
      init: "scratch",
      calls: [
        ["mkdir_p", { path: "/d/not" }],
        ["internal_write", { path: "/contexts", content: policy }],
        ["setfiles", { specfile: "/contexts", paths: ["/d"], force: true, excludes: ["/d/not"] }],
        ["getxattr", { path: "/d/not", name: "security.selinux" }],
      ],
      expect: { errno: "ENODATA" },
      applianceOnly: "needs setfiles",
    },
  ],
});
