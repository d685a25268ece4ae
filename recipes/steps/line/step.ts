/** Step `line`: one line of a text file of the guest, present or absent. */
import {
  Secret,
  closed,
  choice,
  defineStep,
  flag,
  guestPath,
  reveal,
  secretText,
  text,
  type ArgProblem,
} from "../../../schemas/index.ts";
import { rewriteText } from "../../guest-content.ts";
import { readGuestText } from "../../guest-file.ts";
import { FILE_EDIT } from "../traits.ts";
import { editLine } from "./edit.ts";

export const line = defineStep({
  name: "line",
  summary: "make sure that a line is, or is not, in a text file",
  description:
    "With `match`, the last line that the expression matches becomes `line`. Without a match, `line` is added unless the " +
    "file has it: after the last line that `after` matches, else at the end. `state: absent` removes every line that " +
    "equals `line` or that `match` matches. Expressions are JavaScript's, searched in each line without its newline.",
  traits: FILE_EDIT,
  schema: closed(
    {
      path: guestPath("Path of the file in the guest."),
      line: secretText("The line, without a newline."),
      match: text("Regular expression of the line to replace or remove."),
      after: text("Regular expression of the line to stand behind."),
      state: choice(["present", "absent"], "Whether the line is wanted. Default: present."),
      create: flag("Make the file when it is missing (its folder must exist). Default: true."),
    },
    ["path"],
  ),
  check: (args) => [
    ...(args.line === undefined && args.state !== "absent" ? [{ at: [], summary: "`line` is missing" }] : []),
    ...(args.line === undefined && args.match === undefined && args.state === "absent"
      ? [{ at: [], summary: "neither `line` nor `match` says what to remove" }]
      : []),
    ...(args.line !== undefined && /[\r\n]/.test(reveal(args.line))
      ? [{ at: ["line"], summary: "a line holds no newline" }]
      : []),
    ...badExpression("match", args.match),
    ...badExpression("after", args.after),
  ],
  describe: (args) => `${args.path}${args.state === "absent" ? ": absent" : ""}: ${String(args.line ?? args.match)}`,
  observe: async ({ g }, { path, create, state }) => {
    const before = await readGuestText(g, path);
    if (before === undefined && create === false && state !== "absent") {
      throw new Error(`line: ${path}: no such file in the guest, and create is false`);
    }
    return { text: before };
  },
  lower: (args, observed) => {
    const state = args.state ?? "present";
    const before = observed?.text;
    if (observed !== undefined && before === undefined && state === "absent") return [];
    const after = editLine(before ?? "", {
      state,
      ...(args.line === undefined ? {} : { line: reveal(args.line) }),
      ...(args.match === undefined ? {} : { match: new RegExp(args.match, "u") }),
      ...(args.after === undefined ? {} : { after: new RegExp(args.after, "u") }),
    });
    return rewriteText(args.path, before, args.line instanceof Secret ? new Secret(after) : after);
  },
});

function badExpression(name: string, expression: string | undefined): readonly ArgProblem[] {
  if (expression === undefined) return [];
  try {
    return new RegExp(expression, "u").source === "" ? [{ at: [name], summary: "an empty expression" }] : [];
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return [{ at: [name], summary: "this is no regular expression", detail }];
  }
}
