import { expect, test } from "vitest";

import { pairFiles } from "../../../engine/diff/pairs.ts";
import { planReading } from "../../../engine/diff/reading.ts";
import { TEXT_MAX } from "../../../engine/diff/text.ts";
import { filesOf, type Sketches } from "./fake-side.ts";

function plan(before: Sketches, after: Sketches, named: readonly string[] = [], touched: readonly string[] = []) {
  const [was, now] = [filesOf(before), filesOf(after)];
  const marked = new Set(touched);
  return planReading(pairFiles(was, now, marked), now, marked, new Set(named));
}

test("small files are read, large ones digested, and large ones of another size too", () => {
  const reading = plan(
    { "/small": {}, "/same": { size: TEXT_MAX + 1 }, "/grown": { size: TEXT_MAX + 1 } },
    {
      "/small": { ctime: 2n, size: 5 },
      "/same": { ctime: 2n, size: TEXT_MAX + 1 },
      "/grown": { ctime: 2n, size: TEXT_MAX + 2 },
    },
  );

  const wanted = { contents: ["/small"], digests: ["/grown", "/same"] };
  expect(reading).toEqual({ before: wanted, after: wanted });
});

test("a file whose metadata alone differ is read only if it was touched or its times differ", () => {
  const [before, after] = [{ "/a": { mode: 0o100644 } }, { "/a": { mode: 0o100600 } }];

  expect(plan(before, after).after.contents).toEqual([]);
  expect(plan(before, after, [], ["/a"]).after.contents).toEqual(["/a"]);
});

test("a moved file is read under its old path before and its new one after", () => {
  const file = { ino: 7n, born: 3n };

  const reading = plan({ "/a": file }, { "/b": { ...file, ctime: 2n } });

  expect(reading).toEqual({ before: { contents: ["/a"], digests: [] }, after: { contents: ["/b"], digests: [] } });
});

test("of thousands of added files only those are read that the recipe named", () => {
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`/usr/f${index}`, {}]));

  const reading = plan({}, { ...many, "/etc/own": {}, "/etc/large": { size: 1 << 20 } }, ["/etc/own", "/etc/large"]);

  expect(reading).toEqual({
    before: { contents: [], digests: [] },
    after: { contents: ["/etc/own"], digests: ["/etc/large"] },
  });
});

test("few added files are all read", () => {
  expect(plan({}, { "/a": {}, "/d": { mode: 0o040755 } }).after.contents).toEqual(["/a"]);
});
