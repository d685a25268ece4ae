/**
 * What gild finds by watching is what it finds by comparing everything: random changes of random trees on ext4, xfs, btrfs with
 * subvolumes and vfat, clocks that are set back among them, from an image whose journals have to be replayed. The judge reads
 * both sides with libguestfs's own actions and shares no code with the watch, in the daemon neither.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { compareSides } from "../../engine/diff/compare-sides.ts";
import type { GuestFile } from "../../engine/diff/entry.ts";
import { ForeignSide } from "../../engine/diff/foreign-side.ts";
import { OwnSide } from "../../engine/diff/own-side.ts";
import { Redactor } from "../../engine/diff/redact.ts";
import type { Scope, Side } from "../../engine/diff/side.ts";
import { readTouched, scopeOf, type Touched } from "../../engine/diff/touched.ts";
import { isHidden, Volumes } from "../../engine/diff/volumes.ts";
import { createOverlay, openGuestfs, type AddDrive, type Handle } from "../../engine/index.ts";
import type { FileChange } from "../../schemas/index.ts";
import { mustRun, projectFolder } from "./support/program.ts";
import { randomScript } from "./support/random-tree.ts";
import { randomFrom, type Random } from "./support/random.ts";

const SEED = Number(process.env["GILD_TEST_SEED"] ?? 20_261_121);
const ROUNDS = 14;
const LINES = 30;
const VFAT = "/dev/sda4";

const folder = mkdtempSync(join(tmpdir(), "gild-quick-"));
const image = join(folder, "base.raw");
const overlay = join(folder, "overlay.qcow2");
const actor = join(folder, "act");
const source: AddDrive = { filename: image, format: "raw" };
const launch = { env: process.env };

const mounts = [
  ["/dev/sda1", "/"],
  ["/dev/sda2", "/x"],
  ["btrfsvol:/dev/sda3/@", "/s"],
  ["btrfsvol:/dev/sda3/@two", "/s/two"],
  [VFAT, "/v"],
] as const;
const roots = ["", "/x", "/s", "/s/two", "/s/nested", "/v"];

let after: Handle;
let base: Handle;
const volumes = new Volumes();

async function mountGuest({ g }: Handle): Promise<void> {
  for (const [mountable, mountpoint] of mounts) await g.mount({ mountable, mountpoint });
}

/** Runs a script in the guest; the program says how many of its lines failed. */
async function act({ g }: Handle, script: string): Promise<number> {
  await g.write({ path: "/script", content: script });
  return Number(await g.command({ arguments: ["/act", "/script"] }));
}

/** Ends with a dead qemu: nothing was unmounted, so that journals have to be replayed. */
async function makeBase(random: Random): Promise<void> {
  await mustRun("gcc", ["-static", "-O2", "-o", actor, join(projectFolder, "tests/appliance/support/act.c")]);
  await mustRun("truncate", ["-s", "1600M", image]);
  await using handle = await openGuestfs(launch, [source]);
  const { g } = handle;
  await g.part_init({ device: "/dev/sda", parttype: "gpt" });
  const megabyte = 2048n;
  let start = megabyte;
  for (const size of [300n, 400n, 500n, 64n]) {
    await g.part_add({ device: "/dev/sda", prlogex: "p", startsect: start, endsect: start + size * megabyte - 1n });
    start += size * megabyte;
  }
  await g.mkfs({ fstype: "ext4", device: "/dev/sda1" });
  await g.mkfs({ fstype: "xfs", device: "/dev/sda2" });
  await g.mkfs_btrfs({ devices: ["/dev/sda3"] });
  await g.mkfs({ fstype: "vfat", device: VFAT });
  await g.mount({ mountable: "/dev/sda3", mountpoint: "/" });
  for (const dest of ["/@", "/@two", "/@/nested"]) await g.btrfs_subvolume_create({ dest });
  await g.mkdir({ path: "/@/two" });
  await g.umount_all();
  await g.mount({ mountable: "/dev/sda1", mountpoint: "/" });
  for (const path of ["/x", "/s", "/v", "/proc", "/dev", "/sys"]) await g.mkdir({ path });
  await g.umount_all();
  await mountGuest(handle);
  await g.upload({ filename: actor, remotefilename: "/act" });
  await g.chmod({ mode: 0o755, path: "/act" });
  await act(handle, randomScript({ roots, lines: 400, random }));
  await g.sync();
  await act(handle, randomScript({ roots, lines: 100, random }));
  await g.sync();
  process.kill(handle.get_pid() ?? Number.NaN, "SIGKILL");
}

beforeAll(async () => {
  await makeBase(randomFrom(SEED));
  await createOverlay({ path: overlay, backing: source, env: process.env });
  after = await openGuestfs(launch, [{ filename: overlay, format: "qcow2", backing: source, cachemode: "unsafe" }]);
  base = await openGuestfs(launch, [{ ...source, readonly: true }]);
  await mountGuest(after);
  await mountGuest(base);
  volumes.add(await after.gild.gild_volumes());
  await after.gild.gild_watch();
});

afterAll(async () => {
  await after?.close();
  await base?.close();
  rmSync(folder, { recursive: true });
});

/** A side whose files were never born, so that none of them can have been moved. */
function withoutBirths(side: Side): Side {
  const unborn = (file: GuestFile): GuestFile => ({ ...file, born: 0n });
  return {
    ...side,
    read: async (scope) => new Map([...(await side.read(scope))].map(([path, file]) => [path, unborn(file)])),
    namesOf: (files) => side.namesOf(files),
    contents: (paths, max) => side.contents(paths, max),
    digests: (paths) => side.digests(paths),
  };
}

interface Way {
  readonly sides: readonly [before: Side, after: Side];
  readonly scope: Scope;
  readonly touched?: Touched;
}

async function compare({ sides: [before, now], scope, touched }: Way): Promise<readonly FileChange[]> {
  const redactor = new Redactor();
  const rest = { redactor, named: new Set<string>(), timesSet: new Set<string>(), lenses: new Map<string, string>() };
  const { files } = await compareSides({ before, after: now, scope, volumes, touched, ...rest });
  return files;
}

const own = (): [Side, Side] => [new OwnSide(base.gild, volumes), new OwnSide(after.gild, volumes)];
const foreign = (): [Side, Side] => [new ForeignSide(base.g, true), new ForeignSide(after.g, true)];
const all: Scope = new Map([["", { paths: [], trees: ["/"], digests: true }]]);
const everything = (): Touched => ({ files: new Map(), doubts: new Map([["", "asked"]]), opened: [], written: [] });
const kinds = new Set<string>();

/** Changes the guest by libguestfs's actions, which the daemon itself or programs of the appliance carry out. */
async function actByCalls({ g }: Handle, round: number): Promise<void> {
  const [path, other] = [`/called${round % 3}`, `/x/called${round % 2}`];
  await g.mkdir_p({ path: `${path}/deep` });
  await g.write({ path: `${path}/deep/file`, content: `round ${round}\n` });
  await g.cp_a({ src: path, dest: other });
  if (round % 3 === 0) await g.rm_rf({ path });
  if (round % 4 === 0) await g.btrfs_subvolume_snapshot({ source: "/s/nested", dest: `/s/snap${round}` });
  if (round % 5 === 4) await g.btrfs_subvolume_delete({ subvolume: `/s/snap${round - (round % 4)}` });
  if (round % 4 === 2) {
    await g.umount({ pathordevice: "/x" });
    await g.mount({ mountable: "/dev/sda2", mountpoint: "/x" });
  }
}

test.each(Array.from({ length: ROUNDS }, (_, round) => round))(
  `after round %i of seed ${SEED} all three ways find the same`,
  async (round) => {
    const script = randomScript({ roots, lines: LINES, random: randomFrom(SEED + 1 + round) });
    await act(after, script);
    await actByCalls(after, round);
    const touched = await readTouched(after.gild);
    const scope = scopeOf(touched, volumes);

    const quick = await compare({ sides: own(), scope, touched });
    const full = await compare({ sides: own(), scope: scopeOf(everything(), volumes) });
    const [before, now] = own();
    const unmoved = await compare({ sides: [withoutBirths(before), withoutBirths(now)], scope, touched });
    const judged = await compare({ sides: foreign(), scope: all });

    for (const { change } of quick) kinds.add(change);
    expect({ script, files: quick }).toEqual({ script, files: full });
    expect({ script, files: unmoved }).toEqual({ script, files: judged });
    expect(quick.filter(({ path }) => isHidden(path))).toEqual([]);
    // Else it would be no wonder.
    expect([...touched.doubts.keys()].filter((device) => device !== VFAT)).toEqual([]);
  },
);

test("the rounds have seen every kind of change", () => {
  expect([...kinds].toSorted()).toEqual(["added", "changed", "moved", "removed"]);
});
