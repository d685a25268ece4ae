import { expect, test } from "vitest";

import {
  framedStruct,
  gildActions,
  gildStructs,
  recipeActions,
  StructStream,
  type GildTouch,
} from "../../schemas/index.ts";
import { factActions } from "../contract/facts.ts";

const touch = (text: string): GildTouch => ({ ...gildStructs.touch.filler, kind: "path", device: "/dev/sda1", text });

test.each([1, 2, 3, 7, 1000])("structs come out of pieces of %i bytes", (size) => {
  const touches = ["/a", "/\udcff", `/${"b".repeat(50)}`].map(touch);
  const bytes = Buffer.concat(touches.map((value) => framedStruct(gildStructs.touch, value)));
  const stream = new StructStream(gildStructs.touch, 1000);
  const piece = new Uint8Array(size);

  const got = [];
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size);
    // The pieces of a transfer are borrowed.
    piece.set(part);
    got.push(...stream.push(piece.subarray(0, part.length)));
  }
  stream.end();

  expect(got).toEqual(touches);
});

test.each([
  ["larger than it may be", (bytes: Uint8Array) => bytes, 10],
  ["cut off", (bytes: Uint8Array) => bytes.subarray(0, -1), 1000],
  ["cut off in its length", (bytes: Uint8Array) => bytes.subarray(0, 3), 1000],
  ["of another form", (bytes: Uint8Array) => bytes.with(7, 0xff), 1000],
])("refuses a struct that is %s", (_, change, max) => {
  const stream = new StructStream(gildStructs.touch, max);

  const read = (): void => {
    stream.push(change(framedStruct(gildStructs.touch, touch("/a"))));
    stream.end();
  };

  expect(read).toThrow(expect.objectContaining({ code: "BAD_BODY" }));
});

test("the private actions are in no recipe, and far from libguestfs's numbers", () => {
  const recipes: readonly string[] = recipeActions();
  const numbers = Object.values(gildActions).map(({ proc }) => proc);

  expect(Object.keys(gildActions).filter((name) => recipes.includes(name) || factActions.has(name))).toEqual([]);
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(Math.min(...numbers)).toBeGreaterThan(0x5000);
});
