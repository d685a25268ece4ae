import { expect, test, vi } from "vitest";

import { Redactor } from "../../engine/diff/redact.ts";
import { executeSteps, type ExecuteOptions } from "../../engine/execute.ts";
import { GuestfsError, type RunEvent } from "../../engine/index.ts";
import type { GuestFacts, Guestfs, PlannedAction, RecipeStep } from "../../schemas/index.ts";

const facts: GuestFacts = { os: "linux", distro: "debian", version: "12", arch: "x86_64", packageManager: "apt" };
const mkdir = (path: string): PlannedAction => ({ action: "mkdir", args: { path } });

function step(number: number, lower: RecipeStep["lower"]): RecipeStep {
  const source = { file: "r.yaml", line: number * 10, column: 3 };
  return { number, name: `s${number}`, summary: `step ${number}`, source, lower, lowerOffline: () => [] };
}

function options(
  steps: readonly RecipeStep[],
  g: Partial<Guestfs>,
  extra: Partial<ExecuteOptions> = {},
): ExecuteOptions {
  return {
    // Only the listed calls are made.
    g: g as Guestfs,
    recipe: { file: "r.yaml", folder: "/r", steps },
    facts,
    readFacts: async () => facts,
    redactor: new Redactor(),
    now: () => 0,
    ...extra,
  };
}

test("steps are lowered one after the other, each after the actions of the one before", async () => {
  const done: string[] = [];
  const g = { mkdir: async ({ path }: { path: string }) => void done.push(path) } as unknown as Guestfs;
  const seen: string[][] = [];
  const look =
    (path: string): RecipeStep["lower"] =>
    async () => {
      seen.push([...done]);
      return [mkdir(path)];
    };

  const { steps, effects } = await executeSteps(options([step(1, look("/a")), step(2, look("/b"))], g));

  expect(seen).toEqual([[], ["/a"]]);
  expect(steps.map((trace) => trace.actions)).toEqual([
    [{ action: "mkdir", args: { path: "/a" }, durationMs: 0 }],
    [{ action: "mkdir", args: { path: "/b" }, durationMs: 0 }],
  ]);
  expect(effects.filesWritten).toBe(true);
});

test("facts are read after each step that did something, which tells whether files alone can have changed", async () => {
  const g = new Proxy({} as Guestfs, { get: () => async () => undefined });
  const asked: boolean[] = [];
  const does =
    (...planned: readonly PlannedAction[]) =>
    async () =>
      planned;
  const steps = [
    does(mkdir("/a"), { action: "aug_close", args: {} }),
    does(),
    does({ action: "sh", args: { command: "true" } }),
    does({ action: "mount", args: { mountable: "/dev/sda1", mountpoint: "/a" } }),
    does(mkdir("/b")),
    does(mkdir("/c")),
  ].map((lower, index) => step(index + 1, lower));
  const readFacts = async (filesOnly: boolean): Promise<GuestFacts> => {
    asked.push(filesOnly);
    return facts;
  };

  await executeSteps(options(steps, g, { readFacts }));

  expect(asked).toEqual([true, false, false, true]);
});

test("what was done while the step looked is listed, and not made again", async () => {
  const made: string[] = [];
  const g = { mkdir: async ({ path }: { path: string }) => void made.push(path) } as unknown as Guestfs;
  const lower = async (): Promise<readonly PlannedAction[]> => [{ ...mkdir("/a"), done: true }, mkdir("/b")];

  const { steps } = await executeSteps(options([step(1, lower)], g));

  expect(made).toEqual(["/b"]);
  expect(steps[0]?.actions.map(({ args }) => args)).toEqual([{ path: "/a" }, { path: "/b" }]);
});

test("a failing action ends the run and names the step, its place and the reason", async () => {
  const g = {
    mkdir: async () => {
      throw new GuestfsError("mkdir", "EEXIST", "/a: File exists");
    },
  } as unknown as Guestfs;
  const never = vi.fn<RecipeStep["lower"]>(async () => []);

  const running = executeSteps(options([step(1, async () => [mkdir("/a")]), step(2, never)], g));

  await expect(running).rejects.toMatchObject({
    name: "StepError",
    message: "r.yaml:10:3: step 1 (s1): mkdir: /a: File exists",
    action: "mkdir",
    errno: "EEXIST",
  });
  expect(never).not.toHaveBeenCalled();
});

test("an error that knows its own place keeps it", async () => {
  const error = Object.assign(new Error("disks: too small"), { source: { file: "r.yaml", line: 4, column: 7 } });

  const running = executeSteps(options([step(1, async () => Promise.reject(error))], {}));

  await expect(running).rejects.toThrow("r.yaml:4:7: step 1 (s1): disks: too small");
});

test("hooks see writes before they happen, and only those", async () => {
  const order: string[] = [];
  const g = {
    mkdir: async () => void order.push("mkdir"),
    mount_ro: async () => void order.push("mount_ro"),
  } as unknown as Guestfs;
  const planned: PlannedAction[] = [
    { action: "mount_ro", args: { mountable: "/dev/sda1", mountpoint: "/" } },
    mkdir("/a"),
  ];

  await executeSteps(
    options([step(1, async () => planned)], g, {
      hooks: {
        beforeWrite: async (_, { action }) => void order.push(`before ${action}`),
        afterConfig: async (_, { action }) => void order.push(`after ${action}`),
      },
    }),
  );

  expect(order).toEqual(["mount_ro", "after mount_ro", "before mkdir", "mkdir"]);
});

test("events and notices", async () => {
  const events: RunEvent[] = [];
  const skipping = step(1, async (context) => {
    context.notice?.({ kind: "skipped", reason: "when: false" });
    return [];
  });

  const { steps, effects } = await executeSteps(
    options([skipping], {}, { onEvent: (event) => void events.push(event) }),
  );

  expect(events.map((event) => event.kind)).toEqual(["step", "notice", "step-done"]);
  expect(steps[0]?.notices).toEqual([{ kind: "skipped", reason: "when: false" }]);
  expect(effects.any).toBe(false);
});

test("an abort ends the run with its reason", async () => {
  const controller = new AbortController();
  const g = {
    mkdir: async () => {
      controller.abort(new Error("interrupted"));
      throw new Error("the appliance is gone");
    },
  } as unknown as Guestfs;

  const running = executeSteps(options([step(1, async () => [mkdir("/a")])], g, { signal: controller.signal }));

  await expect(running).rejects.toThrow(/^interrupted$/u);
});
