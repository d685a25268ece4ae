/**
 * The account files of a guest (passwd(5), shadow(5), group(5), gshadow(5)) as lines of fields: parsing that keeps what
 * it does not understand, and look-ups. Pure; reads no guest.
 */

/** A line as its fields; a line that is no entry (empty, comment, NIS "+") has one field and is kept as it is. */
export type AccountLine = readonly string[];

export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly comment: string;
  readonly home: string;
  readonly shell: string;
}

export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** Splits an account file into lines of fields. */
export function parseAccounts(text: string): readonly AccountLine[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => line.split(":"));
}

/** The reverse of {@link parseAccounts}; the text ends with a newline unless there are no lines. */
export function formatAccounts(lines: readonly AccountLine[]): string {
  return lines.map((fields) => `${fields.join(":")}\n`).join("");
}

/** The entries of passwd. */
export function usersOf(passwd: string): readonly User[] {
  return parseAccounts(passwd).flatMap(([name = "", , uid, gid, comment = "", home = "", shell = ""]) =>
    isId(uid) && isId(gid) ? [{ name, uid: Number(uid), gid: Number(gid), comment, home, shell }] : [],
  );
}

/** The entries of group. */
export function groupsOf(group: string): readonly Group[] {
  return parseAccounts(group).flatMap(([name = "", , gid, members = ""]) =>
    isId(gid) ? [{ name, gid: Number(gid), members: splitMembers(members) }] : [],
  );
}

/** Member list of a group line. */
export function splitMembers(members: string): readonly string[] {
  return members.split(",").filter((member) => member !== "");
}

/** Replaces the fields of the entry `name`, or appends one. `change` gets the old fields, undefined when there is none. */
export function withEntry(
  lines: readonly AccountLine[],
  name: string,
  change: (old: AccountLine | undefined) => AccountLine,
): readonly AccountLine[] {
  const at = lines.findIndex((fields) => fields.length > 1 && fields[0] === name);
  return at < 0 ? [...lines, change(undefined)] : lines.map((fields, i) => (i === at ? change(fields) : fields));
}

function isId(field: string | undefined): boolean {
  return field !== undefined && /^[0-9]+$/.test(field);
}
