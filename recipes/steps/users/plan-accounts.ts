/**
 * What the account files become when a user is added or brought in line: pure text to text. Knows nothing of homes, keys
 * or passwords' meaning.
 */
import {
  formatAccounts,
  groupsOf,
  parseAccounts,
  splitMembers,
  usersOf,
  withEntry,
  type AccountLine,
  type User,
} from "../../accounts.ts";
import { withPassword } from "../../shadow.ts";

/** Texts of /etc/passwd, shadow, group and gshadow; gshadow is undefined where the guest has none. */
export interface AccountFiles {
  readonly passwd: string;
  readonly shadow: string;
  readonly group: string;
  readonly gshadow: string | undefined;
}

/** A user as the recipe wants it; what is undefined is left, or chosen for a new user. */
export interface WantedUser {
  readonly name: string;
  readonly uid: number | undefined;
  /** Primary group: a name or a gid. */
  readonly group: string | number | undefined;
  /** Supplementary groups the user must be in; others are kept. */
  readonly groups: readonly string[];
  readonly comment: string | undefined;
  readonly home: string | undefined;
  readonly shell: string | undefined;
  readonly system: boolean;
  /** Shell of a new user when `shell` is undefined. */
  readonly defaultShell: string;
  /** Password field: the new one from the old one. */
  readonly field: (old: string | undefined) => string;
}

const UID_MIN = 1000;
const UID_MAX = 60_000;
const SYSTEM_MIN = 100;
const SYSTEM_MAX = 999;

/**
 * The account files with the user in them as wanted.
 *
 * @throws Error when a group does not exist, or the user's uid or gid cannot be as wanted
 */
export function withUser(files: AccountFiles, wanted: WantedUser): AccountFiles {
  const existing = usersOf(files.passwd).find((user) => user.name === wanted.name);
  const primary = existing === undefined ? withNewUser(files, wanted) : withChanges(files, wanted, existing);
  const shadow = withPassword(primary.shadow, wanted.name, wanted.field);
  return wanted.groups.reduce((texts, group) => withMember(texts, wanted.name, group), { ...primary, shadow });
}

function withNewUser(files: AccountFiles, wanted: WantedUser): AccountFiles {
  const users = usersOf(files.passwd);
  const uid =
    wanted.uid ??
    freeId(
      users.map((user) => user.uid),
      wanted.system,
    );
  const taken = users.find((user) => user.uid === uid);
  if (taken !== undefined) throw new Error(`users: ${wanted.name}: uid ${uid} is ${taken.name}'s`);
  const { gid, files: grouped } = primaryGroup(files, wanted, uid);
  const home = wanted.home ?? `/home/${wanted.name}`;
  const entry = [wanted.name, "x", `${uid}`, `${gid}`, wanted.comment ?? "", home, wanted.shell ?? wanted.defaultShell];
  return { ...grouped, passwd: edit(files.passwd, wanted.name, () => entry) };
}

function withChanges(files: AccountFiles, wanted: WantedUser, existing: User): AccountFiles {
  if (wanted.uid !== undefined && wanted.uid !== existing.uid) {
    throw new Error(
      `users: ${wanted.name}: exists with uid ${existing.uid}, not ${wanted.uid} (its files would be lost)`,
    );
  }
  const gid = wanted.group === undefined ? existing.gid : gidOf(files, wanted.name, wanted.group);
  const passwd = edit(files.passwd, wanted.name, (old = []) =>
    old
      .with(3, `${gid}`)
      .with(4, wanted.comment ?? existing.comment)
      .with(5, wanted.home ?? existing.home)
      .with(6, wanted.shell ?? existing.shell),
  );
  return { ...files, passwd };
}

/** The primary group of a new user: the one asked for, else the group of the user's name, made when it is missing. */
function primaryGroup(files: AccountFiles, wanted: WantedUser, uid: number): { gid: number; files: AccountFiles } {
  if (wanted.group !== undefined) return { gid: gidOf(files, wanted.name, wanted.group), files };
  const groups = groupsOf(files.group);
  const own = groups.find((group) => group.name === wanted.name);
  if (own !== undefined) return { gid: own.gid, files };
  const ids = groups.map((group) => group.gid);
  const gid = ids.includes(uid) ? freeId(ids, wanted.system) : uid;
  return {
    gid,
    files: {
      ...files,
      group: edit(files.group, wanted.name, () => [wanted.name, "x", `${gid}`, ""]),
      gshadow:
        files.gshadow === undefined
          ? undefined
          : edit(files.gshadow, wanted.name, (old) => old ?? [wanted.name, "!", "", ""]),
    },
  };
}

function withMember(files: AccountFiles, user: string, group: string): AccountFiles {
  if (!groupsOf(files.group).some((entry) => entry.name === group)) {
    throw new Error(`users: ${user}: ${group}: no such group in the guest`);
  }
  const add = (old: AccountLine = []): AccountLine => {
    const members = splitMembers(old[3] ?? "");
    return members.includes(user) ? old : old.with(3, [...members, user].join(","));
  };
  const inGshadow = files.gshadow !== undefined && parseAccounts(files.gshadow).some(([name]) => name === group);
  return {
    ...files,
    group: edit(files.group, group, add),
    gshadow: inGshadow ? edit(files.gshadow ?? "", group, add) : files.gshadow,
  };
}

function gidOf(files: AccountFiles, user: string, group: string | number): number {
  const groups = groupsOf(files.group);
  const found = groups.find((entry) => entry.name === group || entry.gid === group || `${entry.gid}` === group);
  if (found === undefined) throw new Error(`users: ${user}: ${group}: no such group in the guest`);
  return found.gid;
}

/** As useradd picks: for people one above the highest in use, for system users the highest that is free. */
function freeId(used: readonly number[], system: boolean): number {
  if (system) {
    for (let id = SYSTEM_MAX; id >= SYSTEM_MIN; id--) if (!used.includes(id)) return id;
    throw new Error(`users: no free id from ${SYSTEM_MIN} to ${SYSTEM_MAX}`);
  }
  const next = Math.max(UID_MIN - 1, ...used.filter((id) => id >= UID_MIN && id < UID_MAX)) + 1;
  if (next > UID_MAX) throw new Error(`users: no free id from ${UID_MIN} to ${UID_MAX}`);
  return next;
}

function edit(text: string, name: string, change: (old: AccountLine | undefined) => AccountLine): string {
  return formatAccounts(withEntry(parseAccounts(text), name, change));
}
