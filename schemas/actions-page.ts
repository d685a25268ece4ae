/** The page of all actions (Markdown): which of libguestfs's are there, and where their tests are. Pure text. */
import { absentActions } from "./absent-actions.ts";
import type { AnyAction, Family } from "./action.ts";

/**
 * @param families all actions of the table
 * @param released names of the actions of libguestfs 1.48.6
 */
export function actionsPage(families: Readonly<Record<string, Family>>, released: ReadonlySet<string>): string {
  const rows = Object.entries(families).flatMap(([family, actions]) =>
    Object.entries(actions).map(([name, action]) => presentRow(family, name, action)),
  );
  const absent = Object.entries(absentActions).map(
    ([name, { group, since, reason }]) => `| \`${name}\` | no | ${group ?? "core"} | ${since} | ${reason} |`,
  );
  const names = Object.values(families).flatMap((actions) => Object.keys(actions));
  const there = names.filter((name) => released.has(name)).length;
  const percent = ((there / released.size) * 100).toFixed(1);
  return [
    "<!-- Made by `npm run generate` from the action table. -->",
    "",
    "# Actions of libguestfs",
    "",
    `gild's daemon has ${there} of the ${released.size} actions of libguestfs 1.48.6 (${percent} %), and ${names.length - there} newer ones.`,
    "",
    "Tests: how many calls of the action's own data succeed and fail, in memory (M) or in the appliance (A, which runs all of",
    "them); a file that tests it besides; or the excuse for what is not tested. An action without arguments fails only for",
    "what it does not take, which `tests/guestfsd/refusals.test.ts` tests for every action.",
    "",
    "| action | supported | group | since | test |",
    "| --- | --- | --- | --- | --- |",
    ...[...rows, ...absent].toSorted(),
    "",
  ].join("\n");
}

function presentRow(family: string, name: string, action: AnyAction): string {
  const link = `[\`${name}\`](../schemas/generated/reference/${family}.md#${name})`;
  return `| ${link} | yes | ${action.group ?? "core"} | ${action.since} | ${testText(action)} |`;
}

function testText({ tests, testedIn, testExcuse }: AnyAction): string {
  const failing = tests.filter(({ expect }) => "errno" in expect).length;
  const inMemory = tests.some(
    ({ init, applianceOnly }) => applianceOnly === undefined && (init === "none" || init === "scratch"),
  );
  const parts = [`${tests.length - failing} + ${failing} ${inMemory ? "M A" : "A"}`];
  if (testedIn !== undefined) parts.push(`\`${testedIn}\``);
  if (testExcuse !== undefined) parts.push(`excuse: ${testExcuse}`);
  return parts.join(", ");
}
