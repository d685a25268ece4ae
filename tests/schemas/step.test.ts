/** defineStep() and call(). */
import { describe, expect, it } from "vitest";

import {
  Secret,
  call,
  closed,
  defineStep,
  plannedAction,
  secretText,
  text,
  type StepContext,
} from "../../schemas/index.ts";

const probe = defineStep({
  name: "probe",
  summary: "probe",
  description: "Probes.",
  traits: { reads: true, writes: true, runsGuestPrograms: false, network: false, idempotent: true },
  schema: closed({ path: text("Path."), content: secretText("Content.") }, ["path"]),
  describe: ({ path, content }) => `${path} ${String(content ?? "nothing")}`,
  observe: async (_, { path }) => path.length,
  lower: ({ path }, observed) => (observed === path.length ? [] : [call("mkdir_p", { path })]),
});

describe("defineStep", () => {
  it("observes, then lowers", async () => {
    // The step does not look at its context.
    const context = {} as StepContext;

    expect(await probe.plan(context, { path: "/a" })).toEqual([]);
    expect(probe.planOffline({ path: "/a" })).toEqual([{ action: "mkdir_p", args: { path: "/a" } }]);
  });

  it("has defaults for what a step leaves out", () => {
    const guest = { os: "", distro: "", version: "", arch: "", packageManager: "" };

    expect(probe.check({ path: "/a" })).toEqual([]);
    expect(probe.supports(guest)).toBeUndefined();
    expect(probe.describe({ path: "/a", content: new Secret("hunter2") })).toBe("/a (secret)");
  });
});

describe("call", () => {
  it("names the arguments that are secret, and makes bytes of them where bytes are needed", () => {
    const secret = new Secret("hunter2");

    expect(call("internal_write", { path: "/a", content: secret })).toEqual({
      action: "internal_write",
      args: { path: "/a", content: new TextEncoder().encode("hunter2") },
      secretArgs: ["content"],
    });
    expect(call("mkdir_p", { path: secret })).toEqual({
      action: "mkdir_p",
      args: { path: "hunter2" },
      secretArgs: ["path"],
    });
  });

  it("leaves out what is undefined", () => {
    expect(plannedAction("mkdir_p", { path: "/a", mode: undefined })).toEqual({
      action: "mkdir_p",
      args: { path: "/a" },
    });
  });
});
