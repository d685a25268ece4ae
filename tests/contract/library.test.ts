/** The catalogue of library functions against libguestfs's own list, and against what is there. */
import { expect, test } from "vitest";

import { createGuestfs, Handle, libraryFunctions, type Transport } from "../../engine/index.ts";
import { factLibraryFunctions } from "./facts.ts";

/** Says nothing, ever. */
const silent: Transport = {
  send: () => Promise.resolve(),
  receive: () => Promise.resolve(undefined),
  poll: () => undefined,
  ended: true,
  close: () => undefined,
};

test("has every function of libguestfs's library, and no other", () => {
  expect(Object.keys(libraryFunctions).toSorted()).toEqual([...factLibraryFunctions.keys()].toSorted());
});

test("says where each of them is, truly", () => {
  const { g } = createGuestfs(silent);

  const wrong = Object.entries(libraryFunctions).filter(([name, known]) => {
    const found = { g: name in g, handle: name in Handle.prototype };
    if (!("on" in known)) return found.g || found.handle;
    return !found[known.on] || found[known.on === "g" ? "handle" : "g"];
  });

  expect(wrong.map(([name]) => name)).toEqual([]);
});

test("leaves out for being deprecated only what is", () => {
  const claims = Object.entries(libraryFunctions).filter(
    ([, known]) => "not" in known && known.not.startsWith("deprecated"),
  );

  expect(claims.filter(([name]) => factLibraryFunctions.get(name)?.deprecated !== true)).toEqual([]);
});
