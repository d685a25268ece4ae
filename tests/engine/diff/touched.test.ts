import { expect, test } from "vitest";

import { compareSides } from "../../../engine/diff/compare-sides.ts";
import { Redactor } from "../../../engine/diff/redact.ts";
import { readTouched, scopeOf, wholeScope, type Touched } from "../../../engine/diff/touched.ts";
import { Volumes } from "../../../engine/diff/volumes.ts";
import { framedStruct, gildStructs, type FileChange, type Gild, type GildTouch } from "../../../schemas/index.ts";
import { DEVICE, fakeSide, oneVolume, type Sketches } from "./fake-side.ts";

/** A daemon that says this, in small pieces. */
function saying(touches: readonly Partial<GildTouch>[]): Gild {
  const bytes = Buffer.concat(
    touches.map((touch) => framedStruct(gildStructs.touch, { ...gildStructs.touch.filler, ...touch })),
  );
  const gild: Partial<Gild> = {
    gild_touched: async ({ touched }) => {
      if (typeof touched === "string") return;
      for (let at = 0; at < bytes.length; at += 7) await touched(bytes.subarray(at, at + 7));
    },
  };
  // Nothing else is called.
  return gild as Gild;
}

const path = (text: string, below = 0, device = DEVICE): Partial<GildTouch> => ({ kind: "path", device, text, below });
const touchedBy = async (...touches: Partial<GildTouch>[]): Promise<Touched> => await readTouched(saying(touches));

test("what the daemon says is taken apart", async () => {
  const touched = await touchedBy(
    path("/a", 1),
    path("/b"),
    { kind: "inode", device: DEVICE, ino: 7n },
    { kind: "doubt", device: "/dev/sdb", text: "why" },
    { kind: "opened", device: "/dev/sdc" },
    { kind: "written", device: "/dev/sdd" },
  );

  const paths = new Map([
    ["/a", true],
    ["/b", false],
  ]);
  expect(touched).toEqual({
    files: new Map([[DEVICE, { paths, inodes: [7n] }]]),
    doubts: new Map([["/dev/sdb", "why"]]),
    opened: ["/dev/sdc"],
    written: ["/dev/sdd"],
  });
});

test("what is not understood is a reason to compare everything", async () => {
  expect((await touchedBy({ kind: "news", text: "x" })).doubts).toEqual(new Map([["", "x"]]));
});

test("only the topmost of nested names is looked at, with all below it", async () => {
  const touched = await touchedBy(path("/a", 1), path("/a/b", 1), path("/a/b/c"), path("/ab"), path("/c/d"));

  expect(scopeOf(touched, oneVolume())).toEqual(
    new Map([[DEVICE, { paths: ["/ab", "/c/d"], trees: ["/a"], digests: false }]]),
  );
});

test("a filesystem in doubt is compared as a whole, by content, and what it hides too", async () => {
  const volumes = new Volumes();
  volumes.add([{ device: DEVICE, mountpoint: "/", prefix: "/@", type: "btrfs" }]);
  const touched = await touchedBy(path("/@/a"), path("/@snap", 1), { kind: "doubt", device: DEVICE });

  expect(scopeOf(touched, volumes)).toEqual(new Map([[DEVICE, { paths: [], trees: ["/@snap", "/@"], digests: true }]]));
});

test("with a filesystem the directory counts that it is mounted on", () => {
  const volumes = oneVolume();
  volumes.add([{ device: "/dev/sdb1", mountpoint: "/data", prefix: "/", type: "vfat" }]);

  expect(wholeScope(volumes).get(DEVICE)?.paths).toEqual([]);
  expect(scopeOf({ files: new Map(), doubts: new Map([["/dev/sdb1", ""]]), opened: [], written: [] }, volumes)).toEqual(
    new Map([
      ["/dev/sdb1", { paths: [], trees: ["/"], digests: true }],
      [DEVICE, { paths: ["/data"], trees: [], digests: false }],
    ]),
  );
});

async function quick(before: Sketches, after: Sketches, touched: Touched): Promise<readonly FileChange[]> {
  const volumes = oneVolume();
  const { files } = await compareSides({
    before: fakeSide(before),
    after: fakeSide(after),
    scope: scopeOf(touched, volumes),
    volumes,
    touched,
    redactor: new Redactor(),
    named: new Set(),
    timesSet: new Set(),
    lenses: new Map(),
  });
  return files;
}

const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`/f${index}`, { ctime: 1n }]));

test("what was not touched is not looked at", async () => {
  const other = { "/f1": { ctime: 1n, content: "not seen" } };

  expect(await quick(many, { ...many, ...other }, await touchedBy(path("/f2")))).toEqual([]);
});

test("a touched file is compared by content, whatever its times say", async () => {
  const changes = await quick(
    { ...many, "/a": { content: "x" } },
    { ...many, "/a": { content: "y" } },
    await touchedBy(path("/a")),
  );

  expect(changes).toMatchObject([{ path: "/a", what: ["content"] }]);
});

test("a file that was changed by one of its names has changed under all of them", async () => {
  const file = (content: string): Sketches => ({
    "/a": { content, ino: 5n, nlink: 2 },
    "/b": { content, ino: 5n, nlink: 2 },
  });

  const changes = await quick({ ...many, ...file("x") }, { ...many, ...file("y") }, await touchedBy(path("/a")));

  expect(changes.map((change) => [change.path, ...change.what])).toEqual([
    ["/a", "content"],
    ["/b", "content"],
  ]);
});

test("the name that is left of a file that was changed by another is found by its number", async () => {
  const changes = await quick(
    { "/a": { content: "x", ino: 5n, nlink: 2 }, "/b": { content: "x", ino: 5n, nlink: 2 } },
    { "/b": { content: "y", ino: 5n } },
    await touchedBy(path("/a", 1), { kind: "inode", device: DEVICE, ino: 5n }),
  );

  expect(changes.map((change) => [change.path, change.change, ...change.what])).toEqual([
    ["/a", "removed"],
    ["/b", "changed", "content"],
  ]);
});
