import { expect, test } from "vitest";

import { splitXattrs } from "../../../engine/diff/contents.ts";
import { bytesFromText, type StructOf } from "../../../schemas/index.ts";

const entry = (attrname: string, value: string): StructOf<"xattr"> => ({ attrname, attrval: bytesFromText(value) });

test("splits the packed list, errors and empty files included", () => {
  const list = [entry("", "2\0"), entry("a", "1"), entry("b", "2"), entry("", ""), entry("", "0\0")];

  expect(splitXattrs(list, 3).map((xattrs) => [...xattrs.keys()])).toEqual([["a", "b"], [], []]);
});

test.each([
  ["too short", [entry("", "1\0")]],
  ["no head", [entry("a", "1")]],
  ["no number", [entry("", "x\0")]],
  ["negative", [entry("", "-1\0")]],
  ["nothing", []],
])("refuses a list that is %s", (_, list) => {
  expect(() => splitXattrs(list, 1)).toThrow(expect.objectContaining({ code: "guest-unreadable" }));
});
