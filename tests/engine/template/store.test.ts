/** Where templates are kept: what is believed, what is removed. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { lockFile } from "../../../engine/lock.ts";
import { digestFile, Digests } from "../../../engine/template/digests.ts";
import {
  findTemplate,
  forgetFailures,
  hasGivenUp,
  makersLock,
  makeWorkFolder,
  noteFailure,
  noteSuccess,
  pruneTemplates,
  saveManifest,
  templateFolder,
} from "../../../engine/template/store.ts";

let cache = "";
let parent = "";
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "gild-store-"));
  parent = templateFolder(cache);
});
afterEach(() => rmSync(cache, { recursive: true }));

function put(key: string, usedS: number): string {
  const folder = join(parent, key);
  mkdirSync(folder, { mode: 0o700 });
  for (const name of ["memory", "state"]) writeFileSync(join(folder, name), `${key} ${name}`, { mode: 0o600 });
  const digests = { memory: digestFile(join(folder, "memory")), state: digestFile(join(folder, "state")) };
  saveManifest(folder, { formatVersion: 1, ingredients: {}, ...digests });
  utimesSync(folder, usedS, usedS);
  return folder;
}

test("finds a template that is whole and private, and nothing where there is none", () => {
  const folder = put("a", 1);

  expect(findTemplate(parent, "a", new Digests(parent))).toEqual({
    folder,
    memory: join(folder, "memory"),
    state: join(folder, "state"),
  });
  expect(findTemplate(parent, "b", new Digests(parent))).toBeUndefined();
});

test.each([
  ["its folder is open to others", (folder: string) => chmodSync(folder, 0o755)],
  ["its memory may be read by others", (folder: string) => chmodSync(join(folder, "memory"), 0o640)],
  ["a bit of its memory is another", (folder: string) => writeFileSync(join(folder, "memory"), "a memorx")],
  ["its state has changed", (folder: string) => writeFileSync(join(folder, "state"), "other")],
])("refuses a template when %s", (_name, change) => {
  change(put("a", 1));

  expect(() => findTemplate(parent, "a", new Digests(parent))).toThrow(
    expect.objectContaining({ code: "template-unusable" }),
  );
});

test.each([
  ["has lost its state", (folder: string) => rmSync(join(folder, "state")), /ENOENT/],
  ["has a manifest of nonsense", (folder: string) => writeFileSync(join(folder, "manifest.json"), "}"), SyntaxError],
])("does not find a template that %s", (_name, change, reason) => {
  change(put("a", 1));

  expect(() => findTemplate(parent, "a", new Digests(parent))).toThrow(reason);
});

test("a folder that others may enter holds no templates", () => {
  chmodSync(parent, 0o755);

  expect(() => templateFolder(cache)).toThrow(expect.objectContaining({ code: "template-unusable" }));
});

test("pruning keeps those used last, and work in progress, not what a killed maker left", async () => {
  for (const [index, key] of ["a", "b", "c"].entries()) put(key, index + 1);
  await using _ = await lockFile("d", makersLock(parent, "d"));
  const [work, left] = [makeWorkFolder(parent, "d"), makeWorkFolder(parent, "e")];

  expect(pruneTemplates(parent, 2)).toEqual(["a"]);
  expect([existsSync(work), existsSync(left)]).toEqual([true, false]);
  expect(pruneTemplates(parent, 0).toSorted()).toEqual(["b", "c"]);
});

test("two failures are one too many, until they are forgotten; each removes the template", () => {
  const states: boolean[] = [];
  for (let failure = 0; failure < 2; failure += 1) {
    const folder = put("a", 1);
    noteFailure(parent, "a");
    states.push(existsSync(folder), hasGivenUp(parent, "a"));
  }
  forgetFailures(parent);
  states.push(hasGivenUp(parent, "a"));

  expect(states).toEqual([false, false, false, true, false]);
});

test("failures are forgotten after an hour", () => {
  noteFailure(parent, "a");
  noteFailure(parent, "a");
  const file = join(parent, "a.failures");
  const [recent, old] = [3500, 3700].map((ageS) => {
    const then = Date.now() / 1000 - ageS;
    utimesSync(file, then, then);
    return hasGivenUp(parent, "a");
  });

  expect([recent, old]).toEqual([true, false]);
});

test("a failure counts no more once a VM was restored", () => {
  const states: boolean[] = [];
  for (let time = 0; time < 3; time += 1) {
    noteFailure(parent, "a");
    states.push(hasGivenUp(parent, "a"));
    noteSuccess(parent, "a");
  }

  expect(states).toEqual([false, false, false]);
});

test("what a killed maker left is removed by the next maker of the same key", () => {
  const left = makeWorkFolder(parent, "a");
  const other = makeWorkFolder(parent, "b");

  const work = makeWorkFolder(parent, "a");

  expect(readdirSync(parent).map((name) => join(parent, name))).toEqual(expect.arrayContaining([work, other]));
  expect(existsSync(left)).toBe(false);
});
