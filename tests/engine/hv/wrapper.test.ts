/**
 * The shell script that LIBGUESTFS_HV names, with a hypervisor that writes down how it was called and a planner that says what a
 * test wants: what passes through it, as which process, and that a planner that fails loses no launch.
 */
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, expect, test } from "vitest";

import { shellText } from "../../../engine/hv/shell.ts";
import { commandLine } from "./real-command-lines.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-hv-wrapper-"));
const program = join(folder, "gild-hv");
const planner = join(folder, "gild-hv.js");
const hypervisor = join(folder, "a hypervisor");
const record = join(folder, "record");
cpSync(fileURLToPath(new URL("../../../engine/hv/gild-hv", import.meta.url)), program);
writeFileSync(
  hypervisor,
  `#!/bin/sh
{ echo $$; for word do printf '%s\\0' "$word"; done; } > '${record}'
`,
  { mode: 0o755 },
);
mkdirSync(join(folder, "bin"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Call {
  readonly stderr: string;
  /** The hypervisor is the process that was started, not a child of it. */
  readonly samePid: boolean;
  readonly args: readonly string[];
}

/** Runs the wrapper. @param plan JavaScript of the planner; undefined: there is none */
async function call(
  args: readonly string[],
  plan: string | undefined,
  env: Readonly<Record<string, string>> = {},
  wrapper = program,
): Promise<Call> {
  rmSync(record, { force: true });
  rmSync(planner, { force: true });
  if (plan !== undefined) writeFileSync(planner, plan);
  return new Promise((resolve, reject) => {
    const child = spawn(wrapper, args, {
      env: { ...process.env, GILD_HV: hypervisor, ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", () => {
      const [pid, words = ""] = existsSync(record) ? readFileSync(record, "utf8").split(/\n(.*)/s) : [];
      resolve({ stderr, samePid: Number(pid) === child.pid, args: words.split("\0").slice(0, -1) });
    });
  });
}

const NEVER = `require("node:fs").writeFileSync(${JSON.stringify(join(folder, "planned"))}, "");`;

test.each([
  [["-display", "none", "-help"]],
  [["-display", "none", "-machine", "accel=kvm:tcg", "-device", "?"]],
  [["-display", "none", "-machine", "accel=kvm:tcg", "-qmp", "stdio"]],
  [["-version"]],
  [[]],
])("%j goes to the hypervisor at once", async (args) => {
  const { samePid, args: seen } = await call(args, NEVER);

  expect({ samePid, seen }).toEqual({ samePid: true, seen: args });
  expect(existsSync(join(folder, "planned"))).toBe(false);
});

const LAUNCH = commandLine();
const ODD = ["", "it's", '"', "$HOME `id`", "a\nb", "\\", "*", "-n", "ü"];

test("becomes what the planner says, to the letter", async () => {
  const text = shellText({ kind: "boot", reason: "it's odd", argv: [hypervisor, ...ODD] }, []);

  // Options that the environment has for other programs of Node are none of the planner's.
  const { samePid, args, stderr } = await call(LAUNCH, say(text), { NODE_OPTIONS: "--no-such-option" });

  expect({ samePid, args }).toEqual({ samePid: true, args: ODD });
  expect(stderr).toBe("gild hv: boot: it's odd\n");
});

test("gives the planner its own process number, the hypervisor and the arguments", async () => {
  const said = join(folder, "said");
  const args = [...LAUNCH, ...ODD];

  const { args: seen } = await call(
    args,
    `require("node:fs").writeFileSync(${JSON.stringify(said)}, JSON.stringify([process.ppid, ...process.argv.slice(2)]));`,
  );

  const [, pid, hv, ...rest] = JSON.parse(readFileSync(said, "utf8")) as readonly string[]; // written above
  expect({ hv, rest, seen }).toEqual({ hv: hypervisor, rest: args, seen: args });
  expect(Number(pid)).toBeGreaterThan(1);
});

test("opens the template's files for the hypervisor", async () => {
  const [state, memory] = ["state file", "memory file"].map((name) => join(folder, name));
  writeFileSync(state ?? "", "the state");
  writeFileSync(memory ?? "", "the memory");
  const reader = ["/bin/sh", "-c", `{ echo $$; cat <&3; cat /dev/fd/4; echo; } > '${record}'`];
  const text = shellText(restorePlan(state ?? "", memory ?? ""), reader);

  const { samePid } = await call(LAUNCH, say(text));

  expect(samePid).toBe(true);
  expect(readFileSync(record, "utf8")).toMatch(/^\d+\nthe statethe memory\n$/);
});

test("boots when the template has gone meanwhile", async () => {
  const text = shellText(restorePlan(join(folder, "gone"), join(folder, "gone")), ["/bin/false"]);

  const { samePid, args } = await call(LAUNCH, say(text));

  expect({ samePid, args }).toEqual({ samePid: true, args: ["boot"] });
});

test("goes on while the planner stays, as soon as that has closed its output", async () => {
  const mark = join(folder, "stays");
  const text = shellText({ kind: "boot", reason: "", argv: [hypervisor] }, []);
  const stay = `
    const fs = require("node:fs");
    fs.writeSync(1, ${JSON.stringify(text)});
    fs.closeSync(1);
    fs.openSync("/dev/null", "w");
    const wait = setInterval(() => {
      if (!fs.existsSync(${JSON.stringify(mark)})) return;
      fs.rmSync(${JSON.stringify(mark)});
      clearInterval(wait);
    }, 5);`;

  // Would not return if the wrapper waited for the planner's end, which comes after the mark is made.
  const { samePid } = await call(LAUNCH, stay);

  expect(samePid).toBe(true);
  writeFileSync(mark, "");
  await expect.poll(() => existsSync(mark), { timeout: 15_000 }).toBe(false);
});

test.each<[string, string | undefined, Readonly<Record<string, string>>]>([
  ["is not there", undefined, {}],
  ["fails", "process.exit(1);", {}],
  ["is not JavaScript", "}", {}],
  ["says nothing", "", {}],
  ["is killed", 'process.kill(process.pid, "SIGKILL");', {}],
  ["ends in the middle of what it says", say(`exec '${hypervisor}' 'cut`), {}],
  ["says a line too few", say(`exec '${hypervisor}' cut\n#en`), {}],
  ["has no node to run it", NEVER, { PATH: join(folder, "bin") }],
])("starts the hypervisor unchanged when the planner %s", async (_what, plan, env) => {
  const { samePid, args, stderr } = await call(LAUNCH, plan, env);

  expect({ samePid, args }).toEqual({ samePid: true, args: LAUNCH });
  expect(stderr).toBe("gild hv: unchanged: there is no plan (is node in PATH?)\n");
});

test("can be called by a link, and is not its own hypervisor", async () => {
  const link = join(folder, "bin", "link");
  symlinkSync(program, link);
  const qemu = join(folder, "bin", "qemu-system-x86_64");
  cpSync(hypervisor, qemu);
  const path = `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`;
  const text = shellText({ kind: "boot", reason: "", argv: [hypervisor, "linked"] }, []);

  const linked = await call(LAUNCH, say(text), {}, link);
  const itself = await call(["-help"], undefined, { GILD_HV: program, PATH: path });

  expect(linked.args).toEqual(["linked"]);
  expect(itself.args).toEqual(["-help"]);
});

function say(text: string): string {
  return `require("node:fs").writeSync(1, ${JSON.stringify(text)});`;
}

function restorePlan(state: string, memory: string): Parameters<typeof shellText>[0] {
  return {
    kind: "restore",
    reason: "",
    argv: [hypervisor, "boot"],
    restore: {
      template: { folder, state, memory, failed: () => undefined, worked: () => undefined },
      diskCount: 1,
      argv: () => [],
    },
  };
}
