import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";

import { diffSchema, isEmptyDiff, planSchema, type Diff, type PlanDocument } from "../../schemas/index.ts";

const ajv = new Ajv2020({ strict: true, allErrors: true });

const diff: Diff = {
  formatVersion: 1,
  blocks: [
    { kind: "partition", name: "/dev/sda1", change: "added", fields: [{ name: "size", after: "1048576" }] },
    { kind: "device", name: "/dev/sda", change: "changed", fields: [{ name: "written by", after: "zero" }] },
  ],
  files: [
    {
      path: "/etc/motd",
      change: "changed",
      type: "file",
      before: { type: "file", mode: "0644", uid: 0, gid: 0, size: 1, sha256: "a".repeat(64) },
      after: {
        type: "file",
        mode: "0600",
        uid: 0,
        gid: 0,
        size: 2,
        label: "system_u:object_r:etc_t:s0",
        xattrs: { "user.a": "MQ==" },
      },
      what: ["content", "mode", "label", "xattrs"],
      text: "@@ -1 +1 @@\n-a\n+b\n",
    },
    {
      path: "/dev/x",
      change: "added",
      type: "char-device",
      after: { type: "char-device", mode: "0600", uid: 0, gid: 0, device: "1:3" },
      what: [],
    },
    { path: "/etc/shadow", change: "changed", type: "file", what: ["content"], secret: true },
    { path: "/b", change: "added", type: "file", what: [], textOmitted: "binary" },
  ],
};

const plan: PlanDocument = {
  formatVersion: 1,
  images: [{ path: "/images/a.qcow2", format: "qcow2", virtualSize: "1073741824" }],
  guest: { root: "/dev/sda1", os: "linux", distro: "debian", version: "12", arch: "x86_64", packageManager: "apt" },
  steps: [
    {
      number: 1,
      name: "mkdir",
      summary: "/srv",
      source: { file: "r.yaml", line: 3, column: 5 },
      notices: [{ kind: "skipped", reason: "when: false" }],
      durationMs: 1.5,
      actions: [{ action: "mkdir_p", args: { path: "/srv" }, durationMs: 0.5 }],
    },
  ],
  diff,
};

test("what the engine makes is what the schemas describe", () => {
  const [checkDiff, checkPlan] = [ajv.compile(diffSchema), ajv.compile(planSchema)];

  expect([checkDiff(diff), checkDiff.errors]).toEqual([true, null]);
  expect([checkPlan(plan), checkPlan.errors]).toEqual([true, null]);
});

test("an unknown key or a newer version is refused", () => {
  const check = ajv.compile(planSchema);

  expect(check({ ...plan, more: 1 })).toBe(false);
  expect(check({ ...plan, formatVersion: 2 })).toBe(false);
});

test("only a diff without changes is empty", () => {
  expect(isEmptyDiff({ formatVersion: 1, blocks: [], files: [] })).toBe(true);
  expect(isEmptyDiff(diff)).toBe(false);
});
