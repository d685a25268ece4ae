/**
 * Mode, owner and group of guest files: the properties that steps share, names turned into ids by the guest's own
 * /etc/passwd and /etc/group, and the actions that set what differs.
 */
import { groupsOf, usersOf } from "./accounts.ts";
import { readGuestText } from "./guest-file.ts";
import type { GuestStat } from "./guest-stat.ts";
import {
  call,
  eitherOf,
  integer,
  modeBits,
  octalMode,
  text,
  type Guestfs,
  type PlannedAction,
} from "../schemas/index.ts";

/** Name or numeric id. */
export type Principal = string | number;

/** The three properties, for a step's schema. */
export const ownershipProperties = {
  mode: octalMode('Permission bits, a quoted octal string such as "0644". Left as they are when not given.'),
  owner: eitherOf(
    text("Name in the guest's /etc/passwd, or digits."),
    integer("Numeric user id."),
    "Owner. Left as it is when not given; a new file belongs to root.",
  ),
  group: eitherOf(
    text("Name in the guest's /etc/group, or digits."),
    integer("Numeric group id."),
    "Group. Left as it is when not given; a new file belongs to root.",
  ),
} as const;

export interface Ownership {
  readonly mode?: string;
  readonly owner?: Principal;
  readonly group?: Principal;
}

/** Numeric ids; undefined where none was asked for. */
export interface Ids {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/** What chown(2) takes for "leave it". */
const UNCHANGED = -1;

/**
 * Turns owner and group into ids.
 *
 * @param step name of the step, for the message
 * @throws Error when the guest has no such user or group
 */
export async function resolveIds(g: Guestfs, step: string, wanted: Ownership): Promise<Ids> {
  return {
    uid: await resolve(wanted.owner, async (name) => {
      const passwd = (await readGuestText(g, "/etc/passwd")) ?? "";
      return found(step, "user", name, usersOf(passwd).find((user) => user.name === name)?.uid);
    }),
    gid: await resolve(wanted.group, async (name) => {
      const group = (await readGuestText(g, "/etc/group")) ?? "";
      return found(step, "group", name, groupsOf(group).find((entry) => entry.name === name)?.gid);
    }),
  };
}

/** The same with no guest to ask: a name other than root is left out. */
export function idsOffline(wanted: Ownership): Ids {
  const guess = (value: Principal | undefined): number | undefined => {
    if (value === undefined) return undefined;
    return numeric(value) ?? (value === "root" ? 0 : undefined);
  };
  return { uid: guess(wanted.owner), gid: guess(wanted.group) };
}

/**
 * The actions that set what differs: chown first, because it clears the set-id bits, then chmod.
 *
 * @param before what the path is before them; undefined when it is new or unknown: everything asked for is set
 */
export function ownershipActions(
  path: string,
  mode: string | undefined,
  ids: Ids,
  before: GuestStat | undefined,
): readonly PlannedAction[] {
  const planned: PlannedAction[] = [];
  const chowned = differs(ids.uid, before?.uid) || differs(ids.gid, before?.gid);
  if (chowned) {
    const owner = ids.uid ?? before?.uid ?? UNCHANGED;
    planned.push(call("chown", { owner, group: ids.gid ?? before?.gid ?? UNCHANGED, path }));
  }
  const kept = chowned && before !== undefined && (before.mode & 0o6000) !== 0 ? before.mode : undefined;
  const wanted = mode === undefined ? kept : modeBits(mode);
  if (
    wanted !== undefined &&
    (wanted === kept || differs(wanted, before?.mode) || (chowned && (wanted & 0o6000) !== 0))
  ) {
    planned.push(call("chmod", { mode: wanted, path }));
  }
  return planned;
}

function differs(wanted: number | undefined, actual: number | undefined): boolean {
  return wanted !== undefined && wanted !== UNCHANGED && wanted !== actual;
}

async function resolve(
  value: Principal | undefined,
  lookUp: (name: string) => Promise<number>,
): Promise<number | undefined> {
  if (value === undefined) return undefined;
  return numeric(value) ?? (typeof value === "string" ? lookUp(value) : undefined);
}

function numeric(value: Principal): number | undefined {
  if (typeof value === "number") return value;
  return /^[0-9]+$/.test(value) ? Number(value) : undefined;
}

function found(step: string, kind: string, name: string, id: number | undefined): number {
  if (id === undefined) throw new Error(`${step}: ${name}: no such ${kind} in the guest`);
  return id;
}
