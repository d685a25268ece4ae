import { expect, test } from "vitest";

import { addAugeasTrees, compareTrees, type AugeasTree } from "../../../engine/diff/augeas.ts";
import { Redactor } from "../../../engine/diff/redact.ts";
import { GuestfsError } from "../../../engine/errors.ts";
import { bytesFromText, Secret, textFromBytes, type FileChange } from "../../../schemas/index.ts";

/** `a=1` on each line. */
const parse = async (lens: string, content: Uint8Array): Promise<AugeasTree> => {
  if (lens !== "Lines.lns") throw new GuestfsError("gild_augeas_tree", "EINVAL", "no such lens");
  const lines = textFromBytes(content)
    .split("\n")
    .filter((line) => line !== "");
  return lines.map((line) => [line.split("=", 1)[0] ?? "", line.split("=")[1] ?? ""] as const);
};

const change: FileChange = { path: "/etc/a", change: "changed", type: "file", what: ["content"], text: "@@ @@\n" };

async function treeOf(before: string, after: string, lens = "Lines.lns", given: FileChange = change) {
  const [result] = await addAugeasTrees([given], {
    parsers: { before: parse, after: parse },
    lenses: new Map([["/etc/a", lens]]),
    before: new Map([["/etc/a", bytesFromText(before)]]),
    after: new Map([["/etc/a", bytesFromText(after)]]),
    redactor: new Redactor([new Secret("hunter2")]),
  });
  return result?.tree;
}

test("tells nodes that went, came, and have another value", () => {
  expect(
    compareTrees(
      [
        ["a", "1"],
        ["b", "2"],
        ["c", ""],
      ],
      [
        ["a", "1"],
        ["b", "3"],
        ["d", "4"],
      ],
    ),
  ).toEqual([
    { path: "c", before: "" },
    { path: "b", before: "2", after: "3" },
    { path: "d", after: "4" },
  ]);
});

test("tells it of files that were edited through Augeas, without secrets", async () => {
  expect(await treeOf("a=1\n", "a=hunter2\n")).toEqual([{ path: "a", before: "1", after: "(secret)" }]);
  expect(await treeOf("", "a=1\n")).toEqual([{ path: "a", after: "1" }]);
});

test("tells nothing where the text is not shown, the lens does not understand it, or nothing but comments changed", async () => {
  const { text: _, ...secret } = change;

  expect(await treeOf("a=1\n", "a=2\n", "Lines.lns", { ...secret, secret: true })).toBeUndefined();
  expect(await treeOf("a=1\n", "a=2\n", "Other.lns")).toBeUndefined();
  expect(await treeOf("a=1\n", "a=1\n\n")).toBeUndefined();
});
