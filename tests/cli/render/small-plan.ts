/** Plans for tests of how they are shown: a small one with one change of each kind, and one with thousands of files. */
import type { FileChange, FileState, PlanDocument } from "../../../schemas/index.ts";

const state = (more: Partial<FileState> = {}): FileState => ({
  type: "file",
  mode: "0644",
  uid: 0,
  gid: 0,
  size: 9,
  ...more,
});

const files: readonly FileChange[] = [
  {
    path: "/etc/hostname",
    change: "changed",
    type: "file",
    before: state(),
    after: state({ size: 5 }),
    what: ["content"],
    text: "@@ -1 +1 @@\n-golden\n+web1\n",
  },
  {
    path: "/etc/localtime",
    change: "removed",
    type: "symlink",
    before: { type: "symlink", mode: "0777", uid: 0, gid: 0, target: "UTC" },
    what: [],
  },
  {
    path: "/etc/shadow",
    change: "changed",
    type: "file",
    before: state({ mode: "0640" }),
    after: state({ mode: "0640" }),
    what: ["content"],
    secret: true,
  },
  {
    path: "/usr/bin/tool",
    change: "changed",
    type: "file",
    before: state({ sha256: "a".repeat(64) }),
    after: state({ sha256: "b".repeat(64) }),
    what: ["content"],
    textOmitted: "binary",
  },
];

export const smallPlan: PlanDocument = {
  formatVersion: 1,
  images: [{ path: "/srv/images/web.qcow2", format: "qcow2", virtualSize: "4294967296" }],
  guest: { os: "linux", distro: "debian", version: "12", arch: "x86_64", packageManager: "apt", root: "/dev/sda1" },
  steps: [
    {
      number: 1,
      name: "hostname",
      summary: "host name web1",
      source: { file: "web.yaml", line: 3, column: 5 },
      durationMs: 12.4,
      actions: [{ action: "internal_write", args: { path: "/etc/hostname", content: "web1\n" }, durationMs: 3 }],
    },
    {
      number: 2,
      name: "timezone",
      summary: "time zone Europe/Prague",
      source: { file: "web.yaml", line: 4, column: 5 },
      durationMs: 1,
      actions: [],
    },
  ],
  diff: {
    formatVersion: 1,
    blocks: [
      { kind: "filesystem", name: "/dev/sda1", change: "changed", fields: [{ name: "label", after: "root" }] },
      { kind: "partition", name: "/dev/sda2", change: "added", fields: [{ name: "size", after: "1048576" }] },
    ],
    packages: [{ name: "nginx", arch: "amd64", after: "1.22.1-9" }],
    files,
  },
};

const many = Array.from({ length: 3000 }, (_, index): FileChange => {
  const path = `/usr/share/doc/p${String(index).padStart(4, "0")}/copyright`;
  return { path, change: "added", type: "file", after: state({ size: 1000 }), what: [] };
});
const long = Array.from({ length: 150 }, (_, index): FileChange => {
  const lines = Array.from({ length: 120 }, (_unused, line) => `+line ${line} of file ${index} with some more words\n`);
  const text = `@@ -0,0 +1,120 @@\n${lines.join("")}`;
  return { path: `/etc/conf.d/${index}.conf`, change: "added", type: "file", after: state(), what: [], text };
});

export const largePlan: PlanDocument = {
  ...smallPlan,
  diff: { ...smallPlan.diff, files: [...long, ...files, ...many] },
};
