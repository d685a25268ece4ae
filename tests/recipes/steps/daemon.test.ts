/** Steps against the real daemon on a folder: what the fake guest cannot show (Augeas, tar, guest symlinks, programs). */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, describe, expect, it } from "vitest";

import { createGuestfs, memoryTransport } from "../../../engine/index.ts";
import { createDaemon, type MemoryDaemon } from "../../../guestfsd/index.ts";
import * as steps from "../../../recipes/steps/index.ts";
import type { Guestfs, GuestFacts, StepSpec } from "../../../schemas/index.ts";
import { buildNativeHelpers } from "../../guestfsd/native-helpers.ts";

const FACTS: GuestFacts = {
  root: "/dev/sda1",
  os: "linux",
  distro: "debian",
  version: "12",
  arch: "x86_64",
  packageManager: "apt",
};
const SSHD =
  "# keep me\nPort 22\n#PermitRootLogin prohibit-password\nX11Forwarding yes\nMatch User anoncvs\n  X11Forwarding no\n";

const missing = [
  ...(process.getuid?.() === 0 ? [] : ["root: the daemon changes its root directory"]),
  ...(existsSync("/usr/lib/x86_64-linux-gnu/libaugeas.so.0") || existsSync("/usr/lib64/libaugeas.so.0")
    ? []
    : ["libaugeas"]),
];

let daemon: MemoryDaemon | undefined;
const folders: string[] = [];

afterEach(() => {
  daemon?.close();
  daemon = undefined;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

class World {
  readonly root: string;
  readonly #g: Guestfs;

  private constructor(root: string, g: Guestfs) {
    this.root = root;
    this.#g = g;
  }

  static async create(files: Readonly<Record<string, string>>): Promise<World> {
    const root = tempFolder();
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      if (text.startsWith("-> ")) symlinkSync(text.slice(3), join(root, path));
      else writeFileSync(join(root, path), text);
    }
    daemon = createDaemon({ sysroot: root, ...buildNativeHelpers() });
    const client = createGuestfs(memoryTransport(daemon));
    await client.launched();
    return new World(root, client.g);
  }

  /** Plans and carries out; the actions' names. */
  async run(step: StepSpec, args: unknown): Promise<readonly string[]> {
    const planned = await step.plan({ g: this.#g, guest: FACTS, recipeFolder: "/" }, args);
    // The client has a method for each action, by its name.
    const methods = this.#g as unknown as Readonly<Record<string, (args: unknown) => Promise<unknown>>>;
    for (const { action, args: given } of planned) await methods[action]?.(given);
    return planned.map(({ action }) => action);
  }

  text(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }
}

function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "gild-step-"));
  folders.push(folder);
  return folder;
}

describe.skipIf(missing.length > 0)(`steps on the daemon${missing.map((what) => `, needs ${what}`).join("")}`, () => {
  it("augeas edits what differs, keeps the rest, then has nothing to do", async () => {
    const world = await World.create({ "etc/ssh/sshd_config": SSHD });
    const args = { file: "/etc/ssh/sshd_config", set: { PermitRootLogin: "no", Port: 22 }, remove: ["X11Forwarding"] };

    const first = await world.run(steps.augeas, args);
    const second = await world.run(steps.augeas, args);

    expect(first).toContain("aug_save");
    expect(second).toEqual([]);
    expect(world.text("etc/ssh/sshd_config")).toBe(SSHD.replace("X11Forwarding yes\n", "PermitRootLogin no\n"));
  });

  it("augeas finds the lens of a file that it does not know itself", async () => {
    const world = await World.create({ "etc/exports": "/srv 192.0.2.0/24(ro)\n" });

    await world.run(steps.augeas, { file: "/etc/exports", set: { "dir[. = '/srv']/client/option": "rw" } });

    expect(world.text("etc/exports")).toBe("/srv 192.0.2.0/24(rw)\n");
  });

  it.each([
    [
      "etc/hosts",
      "127.0.0.1 localhost\nbroken\n",
      { file: "/etc/hosts", set: { "1/canonical": "x" } },
      /line 2: the lens Hosts.lns does not/,
    ],
    ["etc/nothing.known", "x\n", { file: "/etc/nothing.known", set: { a: "x" } }, /no lens for this file/],
    ["etc/hosts", "192.0.2.1 a\n", { file: "/etc/hosts", lens: "Nope.lns", set: { a: "x" } }, /Nope/],
    ["etc/hosts", "192.0.2.1 a b c\n", { file: "/etc/hosts", set: { "1/alias": "x" } }, /matches 2 entries/],
  ])("augeas refuses %s with %j", async (path, text, args, message) => {
    const world = await World.create({ [path]: text });

    await expect(world.run(steps.augeas, args)).rejects.toThrow(message);
    expect(world.text(path)).toBe(text);
  });

  it("tar-in unpacks what is missing or differs, and nothing else", async () => {
    const source = tempFolder();
    mkdirSync(join(source, "d/sub"), { recursive: true });
    writeFileSync(join(source, "d/sub/file"), "content");
    symlinkSync("sub/file", join(source, "d/link"));
    execFileSync("ln", [join(source, "d/sub/file"), join(source, "d/hard")]);
    const plain = join(source, "d.tar");
    const packed = join(source, "d.tar.gz");
    execFileSync("tar", ["-C", source, "--owner=33", "--group=33", "-cf", plain, "./d"]);
    execFileSync("tar", ["-C", source, "-czf", packed, "d"]);
    const world = await World.create({ "srv/keep": "k" });

    expect(await world.run(steps.tarIn, { source: plain, path: "/srv/new" })).toEqual(["mkdir_p", "tar_in"]);
    expect(await world.run(steps.tarIn, { source: plain, path: "/srv/new" })).toEqual([]);
    expect(lstatSync(join(world.root, "srv/new/d/sub/file")).uid).toBe(33);
    expect(await world.run(steps.tarIn, { source: packed, path: "/srv/new" })).toEqual(["tar_in"]);
    expect(await world.run(steps.tarIn, { source: packed, path: "/srv/new" })).toEqual([]);
    writeFileSync(join(world.root, "srv/new/d/sub/file"), "CONTENT");
    expect(await world.run(steps.tarIn, { source: packed, path: "/srv/new" })).toEqual(["tar_in"]);
    expect(world.text("srv/new/d/sub/file")).toBe("content");
    expect(await world.run(steps.tarIn, { source: packed, path: "/srv/new", creates: "/srv/keep" })).toEqual([]);
  });

  it("writes through a guest's symlink inside the guest", async () => {
    const world = await World.create({ etc: "-> /real", "real/hosts": "" });

    await world.run(steps.hostname, { name: "inside" });

    expect(world.text("real/hostname")).toBe("inside\n");
  });
});
