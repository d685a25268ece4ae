/**
 * Splits a line of the shell into words, as guestfish does: blanks separate, single and double quotes group, a backslash
 * escapes the next character inside double quotes and outside quotes, `#` begins a comment. No expansion of any kind.
 */

export class WordError extends Error {
  override readonly name = "WordError";
}

/** @throws WordError for an unclosed quote */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    if (quote !== "") {
      if (char === quote) quote = "";
      else if (char === "\\" && quote === '"') word = (word ?? "") + escaped(line.charAt(++i));
      else word = (word ?? "") + char;
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= "";
    } else if (char === "\\") {
      word = (word ?? "") + line.charAt(++i);
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === "#" && word === undefined) {
      break;
    } else {
      word = (word ?? "") + char;
    }
  }
  if (quote !== "") throw new WordError(`unclosed ${quote === "'" ? "single" : "double"} quote`);
  if (word !== undefined) words.push(word);
  return words;
}

/** What `\c` means inside double quotes. */
function escaped(char: string): string {
  const known: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "0": "\0" };
  return known[char] ?? char;
}
