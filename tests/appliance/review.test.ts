/**
 * docs/review.md, followed to the letter: the commands of its walk-through, in its order and with the output that it shows, and
 * the `run:` steps of its workflows. And what it says is refused. Only `gh` is a stand-in, which keeps the comment.
 */
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";

import { cacheDirectory } from "../../engine/settings.ts";
import { gildProgram, mustRun, projectFolder, runProgram, sha256File, type Finished } from "./support/program.ts";
import { contentIn, debugfs, makeSmallGuest } from "./support/small-guest.ts";

const document = readFileSync(join(projectFolder, "docs", "review.md"), "utf8");
const lab = mkdtempSync(join(tmpdir(), "gild-review-"));
const home = join(lab, "home");
const programs = join(lab, "bin");
/** Stands for `/srv` of the runner. */
const srv = join(lab, "srv");
const env = {
  HOME: home,
  // The appliance is not this home's.
  GILD_CACHEDIR: cacheDirectory(process.env),
  PATH: `${programs}:${process.env["PATH"] ?? ""}`,
  LAB: lab,
  GIT_CONFIG_GLOBAL: join(home, "gitconfig"),
};
const guest = join(lab, "small.img");
/** Markdown has character references for what may be punctuation of its own. */
const IN_COMMENT = "/srv/www/index&#46;html";

/** Contents of fenced blocks, by what stands behind the fence. */
function blocks(kind: string): string[] {
  return [...document.matchAll(new RegExp(`^\`\`\`${kind}\n(.*?)^\`\`\``, "gms"))].map(([, text = ""]) => text);
}

interface Shown {
  readonly command: string;
  readonly output: string;
}

/** `$ command` lines, each with the lines of output below it. */
const walkThrough: readonly Shown[] = blocks("console").flatMap((text) =>
  text
    .split(/^\$ /mu)
    .slice(1)
    .map((piece) => {
      const [command = "", ...output] = piece.split("\n");
      return { command, output: output.join("\n") };
    }),
);
const recipe = blocks("yaml")[0] ?? "";

function addProgram(name: string, script: string): void {
  writeFileSync(join(programs, name), `#!/bin/bash\n${script}\n`);
  chmodSync(join(programs, name), 0o755);
}

async function shell(command: string, cwd: string, more: Readonly<Record<string, string>> = {}): Promise<Finished> {
  return await runProgram("bash", ["-e", "-c", command], { cwd, env: { ...env, ...more } });
}

async function mustShell(command: string, cwd: string): Promise<string> {
  return await mustRun("bash", ["-e", "-c", command], { cwd, env });
}

async function makeImage(path: string): Promise<void> {
  await mustRun("qemu-img", ["convert", "-f", "raw", "-O", "qcow2", guest, path]);
}

async function inImage(image: string, path: string): Promise<string> {
  const raw = join(lab, "looked-at.img");
  await mustRun("qemu-img", ["convert", "-O", "raw", image, raw]);
  return await contentIn(raw, path);
}

beforeAll(async () => {
  for (const folder of [join(home, ".ssh"), programs, join(srv, "images")]) mkdirSync(folder, { recursive: true });
  addProgram("gild", `exec '${process.execPath}' '${gildProgram}' "$@"`);
  addProgram("gh", 'printf "%s " "$@" > "$LAB/gh.arguments"; cat > "$LAB/gh.comment"');
  for (const [name, value] of [
    ["user.name", "Anna"],
    ["user.email", "anna@example.org"],
    ["init.defaultBranch", "main"],
  ] as const) {
    await mustShell(`git config --global ${name} ${value}`, lab);
  }
  await makeSmallGuest(guest);
  writeFileSync(join(lab, "hosts"), "127.0.0.1\tlocalhost\n127.0.1.1\tsmall\n");
  await debugfs(guest, `write ${join(lab, "hosts")} /etc/hosts`, true);
});

afterAll(() => {
  rmSync(lab, { recursive: true });
});

describe("the walk-through", () => {
  const folder = join(lab, "walk");
  const image = join(folder, "web.qcow2");
  const APPLY = "gild apply web.plan --signers allowed_signers";
  /** What a command ends with, and whether the image was left alone. */
  const attempt = async (command: string, at = folder): Promise<Finished & { readonly isUntouched: boolean }> => {
    const digest = await sha256File(image);
    const finished = await shell(command, at);
    return { ...finished, isUntouched: (await sha256File(image)) === digest };
  };
  const refusal = (words: string): object => ({
    status: 1,
    stdout: "",
    stderr: expect.stringContaining(words) as unknown,
    isUntouched: true,
  });
  /** The plan with all that belongs to it, elsewhere, so that it can be spoiled. */
  const copied = (name: string): string => {
    const copy = join(lab, name);
    mkdirSync(copy);
    const names = readdirSync(folder).filter((file) => file.startsWith("web.plan") || file === "allowed_signers");
    for (const file of [...names, "web.yaml"]) cpSync(join(folder, file), join(copy, file));
    return copy;
  };
  const commandsUpTo = (first: string, end: string): readonly Shown[] => {
    const [from, to] = [first, end].map((start) => walkThrough.findIndex(({ command }) => command.startsWith(start)));
    return walkThrough.slice(from, to);
  };
  const follow = async ({ command, output }: Shown, status = 0): Promise<void> => {
    const done = await shell(command, folder);

    expect({ command, status: done.status, stderr: done.stderr }).toMatchObject({ command, status });
    if (output !== "") expect(done.stdout.replaceAll(image, "/srv/images/web.qcow2")).toBe(output);
  };

  beforeAll(async () => {
    mkdirSync(folder);
    await mustShell("git init -q", folder);
    writeFileSync(join(folder, "web.yaml"), recipe);
    await makeImage(image);
  });

  test("is all of it here", () => {
    expect(walkThrough.map(({ command }) => command.split(" ").slice(0, 2).join(" "))).toEqual([
      "gild plan",
      "gild show",
      "ssh-keygen -q",
      'echo "reviewer@example.org',
      "ssh-keygen -q",
      "gild apply",
    ]);
  });

  test("plans, with exit code 2, and leaves the image alone; the files of its table are there", async () => {
    const digest = await sha256File(image);

    for (const one of commandsUpTo("gild plan", "gild show")) await follow(one, 2);
    for (const one of commandsUpTo("gild show", "ssh-keygen")) await follow(one);

    expect(await sha256File(image)).toBe(digest);
    const promised = [...document.matchAll(/^\| `(web\.\S+)`/gmu)].map(([, name = ""]) => name);
    expect(promised).toEqual(["web.plan", "web.plan.disk0.overlay", "web.html"]);
    expect(promised.filter((name) => !existsSync(join(folder, name)))).toEqual([]);
    expect(readFileSync(join(folder, "web.html"), "utf8")).toContain("/srv/www/index.html");
    expect(readFileSync(join(folder, "comment.md"), "utf8")).toContain(IN_COMMENT);
  });

  test("a plan that nobody has signed is refused, and so is one of somebody else's", async () => {
    for (const one of commandsUpTo("ssh-keygen -q -t", "ssh-keygen -q -Y")) await follow(one);
    expect(await attempt(APPLY)).toEqual(refusal("web.plan.sig: the plan is not signed"));

    const copy = copied("stranger");
    await mustShell(`ssh-keygen -q -t ed25519 -N "" -f ~/.ssh/stranger`, copy);
    await mustShell("ssh-keygen -q -Y sign -n gild-plan -f ~/.ssh/stranger web.plan", copy);
    expect(await attempt(`${APPLY} -a ${image}`, copy)).toEqual(
      refusal("web.plan: not signed by anyone in allowed_signers"),
    );
  });

  test("a signature that was made for something else is refused", async () => {
    const copy = copied("other-namespace");
    await mustShell("ssh-keygen -q -Y sign -n git -f ~/.ssh/gild_review web.plan", copy);

    expect(await attempt(`${APPLY} -a ${image}`, copy)).toEqual(refusal("web.plan: its signature is not good"));
  });

  test("what was changed after it was signed is refused: the plan, and its overlay", async () => {
    for (const one of commandsUpTo("ssh-keygen -q -Y", "gild apply")) await follow(one);

    const changed = copied("changed-plan");
    appendFileSync(join(changed, "web.plan"), " ");
    expect(await attempt(`${APPLY} -a ${image}`, changed)).toEqual(refusal("web.plan: its signature is not good"));

    const other = copied("changed-overlay");
    const overlay = join(other, "web.plan.disk0.overlay");
    const bytes = readFileSync(overlay);
    bytes.write("Willkommen", bytes.indexOf("<h1>Welcome"));
    writeFileSync(overlay, bytes);
    expect(await attempt(`${APPLY} -a ${image}`, other)).toEqual(
      refusal("web.plan.disk0.overlay was changed after the plan was written"),
    );
  });

  test("a recipe that was changed since makes it stale: exit code 4", async () => {
    const path = join(folder, "web.yaml");
    appendFileSync(path, "# one more line\n");

    const { status, stderr } = await shell(APPLY, folder);
    writeFileSync(path, recipe);

    expect(status).toBe(4);
    expect(stderr).toContain("web.yaml");
  });

  test("applies what was signed, and says so as the page does", async () => {
    const [apply] = walkThrough.slice(-1);
    expect(apply?.command).toBe(APPLY);

    if (apply !== undefined) await follow(apply);

    expect(await inImage(image, "/srv/www/index.html")).toBe("<h1>Welcome</h1>\n");
    expect(await inImage(image, "/etc/hostname")).toBe("web1\n");
    const { status } = await shell(APPLY, folder);
    expect(status).toBe(4);
  });

  test("plans and signs in one, and looks at a recipe without an image", async () => {
    await makeImage(image);
    const [both = "", offline = ""] = ["--sign", "--offline"].map((option) => {
      const inline = [...document.matchAll(/`(gild plan [^`]+)`/gu)].map(([, command = ""]) => command);
      return inline.find((command) => command.includes(option)) ?? "";
    });

    await mustShell(`${both} --force`, folder);
    const { status, stdout } = await shell(APPLY, folder);

    expect(status).toBe(0);
    expect(stdout).toContain("Signed by reviewer@example.org.");
    expect(await mustShell(offline, folder)).toContain("mkdir");
  });
});

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: { readonly path?: string };
}
type Workflow = { readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>> };

describe("the workflows", () => {
  // Two YAML documents that this project wrote; what is missing fails the tests.
  const [plan, apply] = blocks("yaml no-check").map((text) => parse(text) as Workflow) as [Workflow, Workflow];
  const checkout = join(lab, "runner", "repository");
  const branch = join(lab, "branch");
  const image = join(srv, "images", "web.qcow2");
  const artifact = join(lab, "artifact");

  /** Runs a job's steps as a runner does, each in a shell of its own; the place of the runner's files is ours. */
  async function runJob({ jobs }: Workflow): Promise<Finished> {
    const variables = join(lab, "github-env");
    writeFileSync(variables, "");
    let last: Finished = { status: 0, stdout: "", stderr: "" };
    for (const { uses, run, with: given } of Object.values(jobs).flatMap(({ steps }) => steps)) {
      if (uses?.startsWith("actions/checkout@") === true) {
        await mustShell(`git clean -ffdxq; git pull -q "${branch}" main`, checkout);
      } else if (uses?.startsWith("actions/upload-artifact@") === true) {
        await mustShell(`rm -rf "${artifact}"; mkdir "${artifact}"; cp ${given?.path ?? ""} "${artifact}"`, checkout);
      } else if (run !== undefined) {
        const command = run.replaceAll("${{ github.event.number }}", "7").replaceAll("/srv/", `${srv}/`);
        const set = readFileSync(variables, "utf8").trimEnd().split("\n");
        const known = Object.fromEntries(
          set.map((line) => [line.slice(0, line.indexOf("=")), line.replace(/^.*?=/, "")]),
        );
        last = await shell(command, checkout, { ...known, GITHUB_ENV: variables });
        if (last.status !== 0) return last;
      } else {
        throw new Error(`a step of another kind: ${uses}`);
      }
    }
    return last;
  }

  beforeAll(async () => {
    await makeImage(image);
    mkdirSync(join(branch, "recipes"), { recursive: true });
    writeFileSync(join(branch, "recipes", "web.yaml"), recipe);
    cpSync(join(lab, "walk", "allowed_signers"), join(branch, "allowed_signers"));
    await mustShell("git init -q; git add -A; git commit -qm 'A page'", branch);
    mkdirSync(checkout, { recursive: true });
    await mustShell("git init -q", checkout);
  });

  test("the first makes page, comment and what is to be signed; the overlay stays on the runner", async () => {
    const { status, stderr } = await runJob(plan);

    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(readdirSync(artifact).toSorted()).toEqual(["web.html", "web.plan"]);
    expect(readFileSync(join(lab, "gh.arguments"), "utf8")).toBe("pr comment 7 --body-file - ");
    expect(readFileSync(join(lab, "gh.comment"), "utf8")).toContain(IN_COMMENT);
  });

  test("the second refuses before the signature is in the branch", async () => {
    expect((await runJob(apply)).status).toBe(1);
  });

  test("the commit that adds the signature keeps the plan, and then the second applies it", async () => {
    cpSync(join(artifact, "web.plan"), join(branch, "web.plan"));
    await mustShell("ssh-keygen -q -Y sign -n gild-plan -f ~/.ssh/gild_review web.plan", branch);
    await mustShell("rm web.plan; git add web.plan.sig; git commit -qm 'Sign'", branch);
    expect((await runJob(plan)).status).toBe(0);

    const { status, stdout } = await runJob(apply);

    expect({ status, stdout }).toMatchObject({ status: 0 });
    expect(stdout).toContain("Signed by reviewer@example.org.");
    expect(await inImage(image, "/srv/www/index.html")).toBe("<h1>Welcome</h1>\n");
  });

  test("a recipe that was changed after the signature has no plan to apply", async () => {
    appendFileSync(join(branch, "recipes", "web.yaml"), "# another\n");
    await mustShell("git commit -qam 'Change'", branch);

    expect((await runJob(apply)).status).toBe(1);
  });
});
