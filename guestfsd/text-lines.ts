/** The output of a program as lines. */

/** Lines without their ends; a last line without an end counts, an empty output has none. */
export function lines(text: string): string[] {
  const found = text.split("\n");
  if (found.at(-1) === "") found.pop();
  return found;
}
