/** Reference pages (Markdown), derived from the action table: one page a family. Pure text. */
import type { ActionTest, AnyAction, Family } from "./action.ts";
import type { AnyField } from "./field.ts";

/** The page of one family, actions by name. */
export function referencePage(family: string, actions: Family): string {
  const sections = Object.entries(actions).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const head = `<!-- Made by \`npm run generate\` from schemas/actions/${family}.ts. -->\n\n# ${family}\n`;
  return head + sections.map(([name, action]) => section(name, action)).join("");
}

/** The table of all actions, by name. */
export function referenceIndex(families: Readonly<Record<string, Family>>): string {
  const rows = Object.entries(families).flatMap(([family, actions]) =>
    Object.entries(actions).map(
      ([name, action]) =>
        `| [\`${name}\`](${family}.md#${name}) | ${action.proc} | ${action.summary} | ${action.group ?? "core"} | ${action.since} |`,
    ),
  );
  return [
    "<!-- Made by `npm run generate`. -->",
    "",
    `# Actions (${rows.length})`,
    "",
    "| action | number | what it does | group | since libguestfs |",
    "| --- | --- | --- | --- | --- |",
    ...rows.toSorted(),
    "",
  ].join("\n");
}

function section(name: string, action: AnyAction): string {
  const parts = [
    `\n## ${name}\n`,
    `${capital(action.summary)}. ${action.description}\n`,
    argumentTable(action),
    `Gives: ${resultText(action)}. Effect: ${action.effect}. Number ${action.proc}, since libguestfs ${action.since}${action.group === undefined ? "" : `, group \`${action.group}\``}.\n`,
  ];
  if (action.errors.length > 0) parts.push(`Errors: ${action.errors.map((code) => `\`${code}\``).join(", ")}.\n`);
  const example = action.tests.find((test) => !("errno" in test.expect));
  if (example !== undefined) parts.push(`\`\`\`yaml\n${exampleText(example)}\`\`\`\n`);
  return parts.filter((part) => part !== "").join("\n");
}

function argumentTable(action: AnyAction): string {
  const rows = [
    ...Object.entries(action.args).map(([name, field]) => row(name, field, "")),
    ...Object.entries(action.optargs).map(([name, field]) => row(name, field, "optional")),
  ];
  if (rows.length === 0) return "";
  return `| argument | kind | | meaning |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
}

function row(name: string, field: AnyField, note: string): string {
  return `| \`${name}\` | ${field.kind} | ${note} | ${field.doc.replaceAll("|", "\\|")} |`;
}

function resultText(action: AnyAction): string {
  if (action.ret.kind === "none" || !("doc" in action.ret)) return "nothing";
  const of = action.ret.upstream.of;
  return `\`${action.ret.doc}\` (${action.ret.upstream.type}${of === undefined ? "" : ` of ${of}`})`;
}

function exampleText(test: ActionTest): string {
  return test.calls
    .map(([action, args]) => `- ${action}: ${args === undefined ? "{}" : JSON.stringify(args)}\n`)
    .join("");
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
