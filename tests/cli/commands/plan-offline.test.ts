import { readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { addPlan } from "../../../cli/commands/plan.ts";
import { offlinePlanSchema, type OfflinePlan } from "../../../schemas/index.ts";
import { runCommand } from "./collected-io.ts";

const examples = fileURLToPath(new URL("../../../examples", import.meta.url));
const validate = new Ajv2020({ strict: true }).compile<OfflinePlan>(offlinePlanSchema);
let folder = "";
let recipe = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gild-offline-"));
  recipe = join(folder, "web.yaml");
  await writeFile(join(folder, "token"), "a very long secret\n");
  await writeFile(
    recipe,
    `version: 1
vars:
  token: { secret: true, from: { file: token } }
steps:
  - mkdir: { path: /srv/www, mode: "0750" }
  - write: { path: /etc/token, content: "\${{ vars.token }}" }
  - mkdir_p: { path: "/srv/\${{ guest.distro }}" }
  - touch: { path: /never }
    when: false
`,
  );
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

const plan = async (...args: readonly string[]) =>
  await runCommand(addPlan, ["plan", "--offline", ...args], { ROOT_PASSWORD: "only-a-test" });

test("lists the actions with their lines, without a secret, and says that they are unconditional", async () => {
  const { out, code } = await plan(recipe);

  expect(code).toBe(0);
  expect(out.split("\n").slice(0, 11)).toEqual([
    "Steps",
    "  1. /srv/www  line 5",
    "     mkdir_p /srv/www",
    "     chmod 0750 /srv/www",
    "  2. /etc/token  line 6",
    "     internal_write /etc/token (secret)",
    "  3. mkdir_p path=/srv/${{ guest.distro }}  line 7",
    "     mkdir_p: its arguments depend on the guest",
    "  4. touch path=/never  line 8",
    "     skipped",
    "",
  ]);
  expect(out).toMatch(/^Without a guest: unconditional\./mu);
  expect(out).not.toContain("very long");
});

test("gives JSON of its published form", async () => {
  const { out } = await plan(recipe, "--json");
  const document: unknown = JSON.parse(out);

  expect({ valid: validate(document), errors: validate.errors }).toEqual({ valid: true, errors: null });
  expect(document).toMatchObject({
    unconditional: true,
    steps: [{}, {}, { guestNeeded: expect.any(String) }, {}],
  });
  expect(out).not.toContain("very long");
});

test("refuses what is about an image, and ends with code 3 on an invalid recipe", async () => {
  await expect(plan(recipe, "-a", "disk.qcow2")).rejects.toThrow("-a: not with --offline");
  await expect(plan(recipe, "--detailed-exitcode")).rejects.toThrow("--detailed-exitcode: not with --offline");
  await writeFile(join(folder, "wrong.yaml"), "version: 1\nsteps:\n  - hostnam: x\n");
  await expect(plan(join(folder, "wrong.yaml"))).rejects.toMatchObject({ exitCode: 3 });
});

describe("every example", () => {
  const names = readdirSync(examples, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
  const recipes = names.filter((name) => readdirSync(join(examples, name)).includes("recipe.yaml"));

  test.each(recipes)("%s", async (name) => {
    const vars: Readonly<Record<string, readonly string[]>> = { "debian-golden": ["--var", `rootfs=${recipe}`] };
    const { out } = await plan(join(examples, name, "recipe.yaml"), "--json", ...(vars[name] ?? []));

    expect({ valid: validate(JSON.parse(out)), errors: validate.errors }).toEqual({ valid: true, errors: null });
  });
});
