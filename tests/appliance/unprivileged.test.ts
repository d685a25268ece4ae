/** The packed product, installed in an empty directory, does the main job as `nobody`, without /dev/kvm and without root. */
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { libguestfsEnv, mustGild, mustRun, runProgram, type Finished } from "./support/program.ts";

const NOBODY = 65534;
const folder = mkdtempSync(join(tmpdir(), "gild-packed-"));
const program = join(folder, "node_modules", ".bin", "gild");
const home = join(folder, "home");
const ENVIRONMENT = { HOME: home, GILD_CACHEDIR: join(home, "cache"), GILD_TMPDIR: home };

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const DISK = `version: 1
disks:
  - size: 96M
    table: gpt
    partitions:
      - tag: pv
        size: rest
        lvm:
          group: vg0
          volumes:
            - { tag: root, name: root, size: rest, filesystem: ext4, label: root, mount: / }
steps:
  - mkdir_p: { path: /etc }
  - write: { path: /etc/os-release, content: "ID=debian\\nVERSION_ID=12\\n" }
  - hostname: packed
`;
const CHANGE = `version: 1
steps:
  - hostname: changed
  - upload: { source: motd, path: /etc/motd, mode: "0644" }
`;

beforeAll(async () => {
  mkdirSync(home);
  chmodSync(folder, 0o755);
  const archive = (await mustRun("npm", ["pack", "--silent", "--pack-destination", folder])).trim();
  writeFileSync(join(folder, "package.json"), "{}");
  await mustRun("npm", ["install", "--no-audit", "--no-fund", "--silent", join(folder, archive)], { cwd: folder });
  writeFileSync(join(home, "disk.yaml"), DISK);
  writeFileSync(join(home, "change.yaml"), CHANGE);
  writeFileSync(join(home, "motd"), "hello from nobody\n");
  // The appliance that root built, where nobody can read it: building one needs the network.
  const appliance = (await mustGild(["appliance", "path"])).trim();
  const name = appliance.split("/").at(-1) ?? "";
  cpSync(appliance, join(home, "cache", "appliance", name), { recursive: true });
  for (const path of (await mustRun("find", [home])).trim().split("\n")) chownSync(path, NOBODY, NOBODY);
});

async function asNobody(args: readonly string[]): Promise<Finished> {
  return runProgram(program, args, {
    cwd: home,
    uid: NOBODY,
    gid: NOBODY,
    env: ENVIRONMENT,
  });
}

test("holds what the product needs and nothing else", async () => {
  const files = await mustRun("npm", ["pack", "--dry-run", "--json"]);

  const [{ files: entries }] = JSON.parse(files) as [{ files: { path: string }[] }]; // npm's own form
  const folders = [...new Set(entries.map(({ path }) => path.split("/").slice(0, 2).join("/")))].toSorted();
  expect(folders).toEqual([
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "dist/appliance",
    "dist/engine.js",
    "dist/gild-hv",
    "dist/gild-hv.cjs",
    "dist/gild-hv.code",
    "dist/gild-hv.js",
    "dist/gild.cjs",
    "dist/gild.code",
    "dist/gild.js",
    "dist/guestfsd",
    "dist/types",
    "package.json",
  ]);
});

test("builds an image on a blank disk, plans, applies, converges", async () => {
  const image = join(home, "image.qcow2");

  const built = await asNobody(["apply", "disk.yaml", "-o", image, "-q"]);
  expect(built.stderr).toBe("");
  expect(built.status).toBe(0);

  const planned = await asNobody(["plan", "change.yaml", "-a", image, "-q", "--detailed-exitcode"]);
  expect(planned.status).toBe(2);
  expect(planned.stdout).toContain("+changed");

  const applied = await asNobody(["apply", "change.yaml", "-a", image, "-q"]);
  expect(applied.status).toBe(0);

  const before = readFileSync(image);
  const again = await asNobody(["apply", "change.yaml", "-a", image, "-q"]);
  expect(again.stdout).toMatch(/^Nothing to change\.$/m);
  expect(readFileSync(image).equals(before)).toBe(true);
  expect(readdirSync(home).filter((name) => name.includes(".gild-"))).toEqual([]);
});

test("restores the appliance for a guestfish", async () => {
  const wrapper = await asNobody(["hv", "--path"]);
  const appliance = await asNobody(["appliance", "path"]);
  const log = join(home, "hv.log");
  const env = {
    ...libguestfsEnv(appliance.stdout.trim()),
    ...ENVIRONMENT,
    LIBGUESTFS_HV: wrapper.stdout.trim(),
    LIBGUESTFS_TMPDIR: home,
    GILD_HV_LOG: log,
  };

  const finished = await runProgram("guestfish", ["-N", "fs:ext2:16M", "-m", "/dev/sda1"], {
    cwd: home,
    uid: NOBODY,
    gid: NOBODY,
    env,
    stdin: "write /hello 'from nobody'\ncat /hello\n",
  });

  expect(finished).toEqual({ status: 0, stdout: "from nobody\n", stderr: "" });
  expect(readFileSync(log, "utf8")).toMatch(/^\d+ restored: 1 disks$/m);
});
