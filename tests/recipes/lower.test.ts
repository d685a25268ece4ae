/** What the engine gets of a step: conditions, guest support, late values, secrets. */
import { describe, expect, it } from "vitest";

import { RecipeError } from "../../recipes/index.ts";
import type { GuestFacts, Guestfs, RecipeStep, StepContext, StepNotice } from "../../schemas/index.ts";
import { loadFiles, withSteps } from "./temp-recipe.ts";

const debian: GuestFacts = { os: "linux", distro: "debian", version: "12.5", arch: "x86_64", packageManager: "apt" };

/** A context for steps that do not look at the guest. */
function contextOf(guest: GuestFacts, notices: StepNotice[] = []): StepContext {
  // No step of these tests makes a call.
  const g = {} as Guestfs;
  return { g, guest, recipeFolder: "/", notice: (notice) => notices.push(notice) };
}

async function stepOf(...lines: readonly string[]): Promise<RecipeStep> {
  const { steps, found } = await loadFiles(withSteps(...lines));
  const [step] = steps;
  if (step === undefined) throw new Error(found.join());
  return step;
}

describe("lower", () => {
  it("gives the action of an action's own name, with values for the wire", async () => {
    const step = await stepOf('- mkdir_mode: { path: /a, mode: "0711" }');

    expect(await step.lower(contextOf(debian))).toEqual([{ action: "mkdir_mode", args: { path: "/a", mode: 0o711 } }]);
    expect(step.lowerOffline()).toEqual([{ action: "mkdir_mode", args: { path: "/a", mode: 0o711 } }]);
    expect(step.traits).toBeUndefined();
  });

  it.each([
    ['guest.distro == "debian"', 1],
    ['guest.distro == "fedora"', 0],
    ['guest.version >= "12" && guest.packageManager == "apt"', 1],
    ["${{ guest.os != 'linux' }}", 0],
    ["true", 1],
  ])("minds when: %s", async (condition, count) => {
    const notices: StepNotice[] = [];
    const step = await stepOf("- sync:", `  when: ${condition}`);

    expect(await step.lower(contextOf(debian, notices))).toHaveLength(count);
    expect(notices.map((notice) => notice.kind)).toEqual(count === 1 ? [] : ["skipped"]);
  });

  it("fills in the guest's facts", async () => {
    const step = await stepOf('- mkdir_p: { path: "/srv/${{ guest.distro }}" }');

    expect(step.summary).toBe("mkdir_p path=/srv/${{ guest.distro }}");
    expect(await step.lower(contextOf(debian))).toEqual([{ action: "mkdir_p", args: { path: "/srv/debian" } }]);
  });

  it("checks values that only the guest gives", async () => {
    const step = await stepOf("- mkdir_p: { path: '${{ guest.distro }}' }");

    const error = await step.lower(contextOf(debian)).catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(RecipeError);
    expect(error).toMatchObject({ code: "invalid", source: { line: 3 }, diagnostics: [{ code: "bad-form" }] });
  });

  it("says offline that the guest is needed", async () => {
    const step = await stepOf('- mkdir_p: { path: "/srv/${{ guest.distro }}" }');

    expect(() => step.lowerOffline()).toThrow(RecipeError);
  });

  it("lowers offline what depends on a condition that is not known", async () => {
    expect((await stepOf("- sync:", "  when: guest.os == 'linux'")).lowerOffline()).toHaveLength(1);
    expect((await stepOf("- sync:", "  when: false")).lowerOffline()).toHaveLength(0);
  });

  it.each([
    ["error", "unsupported", []],
    ["warn", undefined, ["warning"]],
    ["skip", undefined, ["skipped"]],
  ])("on a guest that cannot take the step does %s", async (choice, code, kinds) => {
    const notices: StepNotice[] = [];
    const step = await stepOf("- hostname: x", `  on-unsupported: ${choice}`);

    const windows = { ...debian, os: "windows" };
    const result: unknown = await step.lower(contextOf(windows, notices)).catch((caught: unknown) => caught);

    expect(result instanceof RecipeError ? result.code : undefined).toBe(code);
    expect(notices.map((notice) => notice.kind)).toEqual(kinds);
  });

  it("marks the arguments that hold a secret", async () => {
    const text = `version: 1\nvars:\n  k: { secret: true, from: { env: K } }\nsteps:\n  - write: { path: /etc/key, content: "k=\${{ vars.k }}" }\n`;
    const { steps, found } = await loadFiles(text, { env: { K: "hunter2" } });

    expect(found).toEqual([]);
    expect(steps[0]?.summary).not.toContain("hunter2");
    for (const { args, secretArgs } of steps[0]?.lowerOffline() ?? []) {
      const holders = Object.entries(args).filter(([, value]) => value instanceof Uint8Array);
      expect(secretArgs ?? []).toEqual(holders.map(([name]) => name));
    }
  });

  it("shows the author's own words for a step", async () => {
    expect((await stepOf("- sync:", "  name: flush it all")).summary).toBe("flush it all");
  });

  it("takes an action by its own arguments where a step has its name", async () => {
    const { steps, found } = await loadFiles({
      "r.yaml": withSteps("- upload: { filename: a, remotefilename: /a }"),
      a: "x",
    });

    expect(found).toEqual([]);
    expect(steps[0]?.lowerOffline()).toMatchObject([{ action: "upload", args: { remotefilename: "/a" } }]);
  });

  it("refuses 64-bit numbers that are too large", async () => {
    const { found } = await loadFiles(
      withSteps(
        "- blockdev_setra: { device: /dev/sda, sectors: 1 }",
        "- part_add: { device: /dev/sda, prlogex: p, startsect: 9223372036854775808, endsect: 5 }",
      ),
    );

    expect(found.at(-1)).toBe("bad-argument 4:58");
  });
});
