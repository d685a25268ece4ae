/**
 * What a diff tells, line by line: a small guest on a disk of its own (diff/before.yaml), changed in every way that a diff has words
 * for (diff/after.yaml), most of them by actions under their own names. The quick diff is the full one.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { diffText } from "../../cli/render/diff.ts";
import { createStyle } from "../../cli/render/style.ts";
import type { Diff, PlanDocument } from "../../schemas/index.ts";
import { mustGild, mustRun, projectFolder } from "./support/program.ts";

const SECRET = "a rather long secret";
const recipes = join(projectFolder, "tests", "appliance", "diff");
const folder = mkdtempSync(join(tmpdir(), "gild-diff-"));
const image = join(folder, "disk.raw");
let planned: string;
let quick: Diff;
let full: Diff;
let lines: readonly string[];

async function plan(...args: readonly string[]): Promise<string> {
  const recipe = join(recipes, "after.yaml");
  const given = ["-a", image, "--var", `folder=${folder}`, "--json", "-q"];
  return await mustGild(["plan", recipe, ...given, ...args], { env: { SECRET } });
}

/** Those of md, too. */
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{8}(?::[0-9a-f]{8}){3}\b/gu;
/** gild's own output, checked by what is expected of it. UUIDs of what is made anew differ from run to run. */
const read = (text: string): Diff => (JSON.parse(text.replaceAll(UUID, "UUID")) as { plan: PlanDocument }).plan.diff;

beforeAll(async () => {
  writeFileSync(join(folder, "binary"), "a\0b");
  writeFileSync(join(folder, "binary2"), "a\0c");
  mkdirSync(join(folder, "many"));
  for (let number = 0; number < 60; number++) writeFileSync(join(folder, "many", `f${number}`), "x\n");
  const archive = join(folder, "many.tar");
  await mustRun("tar", ["--create", "--file", archive, "--directory", join(folder, "many"), "."]);
  const before = join(recipes, "before.yaml");
  await mustGild(["apply", before, "-o", image, "--output-format", "raw", "--var", `folder=${folder}`, "-q"]);
  planned = await plan();
  quick = read(planned);
  full = read(await plan("--full"));
  lines = diffText(quick, createStyle(false)).split("\n");
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("the quick diff is the full one", () => {
  expect(quick).toEqual(full);
});

describe("it tells", () => {
  test.each([
    [
      "an array",
      "+ disk /dev/md127: size 33 MB (32505856), table loop, level raid1, uuid UUID, members /dev/sda3 /dev/sda4",
    ],
    ["a partition", "~ partition /dev/sda2: name primary -> files"],
    ["a filesystem on an array", "+ filesystem /dev/md127: type ext4, label mirrored, uuid UUID"],
    ["a label", "~ filesystem /dev/sda2: label data -> files"],
    ["members of an array", "+ filesystem /dev/sda3: type linux_raid_member, label (none):r1, uuid UUID"],
    ["swap", "+ filesystem /dev/sda5: type swap, label swap, uuid UUID"],
    ["the size of a volume", "~ logical volume /dev/vg0/a: size 105 MB (104857600) -> 126 MB (125829120)"],
    ["a volume", "+ logical volume /dev/vg0/b: size 21 MB (20971520)"],
    ["a mount that goes", "- mount /: device UUID=UUID, type ext4, options errors=remount-ro"],
    ["a mount that comes", "+ mount /srv: device LABEL=data, type ext4, options noatime"],
    ["packages", "+ package nginx 1.22.1-9 (amd64)"],
    ["packages that go", "- package curl 7.88.1-10 (amd64)"],
    [
      "access control list and attributes",
      "~ /attributes  acl (none) -> user::rw-,user:5:r--,group::r--,mask::r--,other::r--, xattrs +user.note",
    ],
    ["what is binary, by its digest", "    (binary, sha256 59b271ae1bbc -> b179f49283f5)"],
    ["a device node", "~ /device  device 1:3 -> 1:5"],
    ["an edit through Augeas", "    ~ PermitRootLogin = yes -> no"],
    ["its text", "    +PermitRootLogin no"],
    ["a hard link", "+ /hard  0644 0:0, 1 byte, hard link to /linked"],
    ["where a link leads", "~ /link  -> text => mode"],
    ["mode and SELinux label", "~ /mode  mode 0644 -> 0600, label (none) -> system_u:object_r:etc_t:s0"],
    ["owner and capabilities", "~ /owner  owner 0:0 -> 5:6, capabilities (none) -> cap_net_raw=ep"],
    ["a file that goes", "- /removed  0644 0:0, 1 byte"],
    ["a file that was moved", "> /was-moved  from /moved"],
    ["text", "    -two"],
    ["many files", "+ /usr/share/many/: 60 files added, 120 bytes"],
    ["that there is a secret", "    (secret content is not shown)"],
  ])("%s", (_what, line) => {
    expect(lines).toContain(line);
  });

  test("nothing else, and no secret", () => {
    expect(lines.filter((line) => /^[-+~>] /u.test(line))).toHaveLength(29);
    expect(planned).not.toContain(SECRET);
  });
});
