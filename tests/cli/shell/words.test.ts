import { expect, test } from "vitest";

import { splitWords, WordError } from "../../../cli/shell/words.ts";

test.each([
  ["", []],
  ["  mkdir-p  /a/b ", ["mkdir-p", "/a/b"]],
  ["write /a 'b c' # comment", ["write", "/a", "b c"]],
  ['write /a "b\\n\\"c\\""', ["write", "/a", 'b\n"c"']],
  ["write /a 'b\\n'", ["write", "/a", "b\\n"]],
  ["touch /a\\ b", ["touch", "/a b"]],
  ["write /a ''", ["write", "/a", ""]],
  ["touch /a#b", ["touch", "/a#b"]],
])("splits %j", (line, words) => {
  expect(splitWords(line)).toEqual(words);
});

test.each(["write /a 'b", 'write /a "b'])("refuses the unclosed quote in %j", (line) => {
  expect(() => splitWords(line)).toThrow(WordError);
});
