/** Step `run` lowered from what was observed. */
import { describe, expect, it } from "vitest";

import { run } from "../../../recipes/steps/run/step.ts";
import type { GuestFacts } from "../../../schemas/index.ts";

const names = (...given: Parameters<typeof run.input.lower>) => run.input.lower(...given).map(({ action }) => action);

describe("run", () => {
  it("runs a command by the guest's shell", () => {
    expect(run.input.lower({ command: "true" }, { done: false, direct: true })).toEqual([
      { action: "sh", args: { command: "true" } },
    ]);
  });

  it("does nothing when its guard says so", () => {
    expect(names({ command: "true" }, { done: true, direct: true })).toEqual([]);
  });

  it.each([
    [true, ["/tmp/gild-run-set_up.sh", "a b"]],
    [false, ["/bin/sh", "/tmp/gild-run-set_up.sh", "a b"]],
  ])("brings a script, runs it, removes it (with #!: %s)", (direct, argv) => {
    const planned = run.input.lower({ script: "/host/set up.sh", arguments: ["a b"] }, { done: false, direct });

    expect(planned.map(({ action }) => action)).toEqual(["rm_f", "upload", "chmod", "command", "rm_f"]);
    expect(planned[3]?.args).toEqual({ arguments: argv });
  });

  it("does not run programs of another machine", () => {
    const guest: GuestFacts = { os: "linux", distro: "debian", version: "12", arch: "aarch64", packageManager: "apt" };

    expect(run.supports(guest)).toMatch(/aarch64/);
    expect(run.supports({ ...guest, arch: "x86_64" })).toBeUndefined();
    expect(run.supports({ ...guest, os: "windows" })).toMatch(/windows/);
  });

  it.each([
    [{}, []],
    [{ command: "a", script: "b" }, ["script"]],
    [{ command: "a", arguments: ["b"] }, ["arguments"]],
  ])("refuses %j", (args, at) => {
    expect(run.check(args).map((problem) => problem.at)).toEqual([at]);
  });
});
