/**
 * Step `users`: users of the guest with groups, home, password and keys. Edits the account files itself: the guest's
 * useradd need not run, and what changes is known. Deletes no user and leaves no group.
 */
import {
  Secret,
  closed,
  defineStep,
  eitherOf,
  flag,
  guestPath,
  integer,
  listOf,
  matching,
  secretText,
  text,
  type FromSchema,
  type Guestfs,
  type PlannedAction,
} from "../../../schemas/index.ts";
import { usersOf } from "../../accounts.ts";
import { keyActions, observeKeys, type KeysObserved } from "../../authorized-keys.ts";
import { rewriteText, writeText } from "../../guest-content.ts";
import { readGuestText } from "../../guest-file.ts";
import { lstatGuest, statGuest } from "../../guest-stat.ts";
import { passwordField } from "../../shadow.ts";
import { newField, passwordProblems } from "../password/step.ts";
import { FILE_EDIT, linuxOnly } from "../traits.ts";
import { homeActions, observeSkeleton, type Skeleton } from "./homes.ts";
import { withUser, type AccountFiles } from "./plan-accounts.ts";

const userSchema = closed(
  {
    name: matching("^[a-z_][a-z0-9_-]{0,31}$", "Name to log in with."),
    uid: integer("Numeric id. Default: the next free one from 1000 (system: down from 999)."),
    group: eitherOf(
      text("Name."),
      integer("Numeric id."),
      "Primary group; it must exist. Default: a group of the user's name.",
    ),
    groups: listOf(text("Name of a group."), "Groups the user is added to; they must exist. Others are kept."),
    comment: matching("^[^:\\r\\n]*$", "Full name or other comment."),
    home: matching("^/[^:\\r\\n]*$", "Home folder. Default: /home/NAME."),
    shell: guestPath("Login shell; it must be in the guest. Default: /bin/bash if there is one, else /bin/sh."),
    password: secretText("Password, or `locked`. Default: a new user is locked, an old one keeps the password."),
    "ssh-keys": listOf(secretText("A public key."), "Keys that may log in."),
    system: flag("A user for a service: id below 1000, no login shell, no home. Default: false."),
    "create-home": flag(
      "Make the home folder from /etc/skel when it is missing. Default: true, for system users false.",
    ),
  },
  ["name"],
);

type UserArgs = FromSchema<typeof userSchema>;

interface Observed {
  readonly files: AccountFiles;
  readonly skeleton: Skeleton;
  readonly defaultShell: string;
  readonly users: readonly {
    readonly homeExists: boolean;
    readonly keys: KeysObserved;
    /** Password field to be; undefined: locked when new, else as it is. */
    readonly field: string | undefined;
  }[];
}

export const users = defineStep({
  name: "users",
  summary: "add users",
  description:
    "Adds users that are missing and brings the given properties of existing ones in line: passwd, shadow, group and " +
    "gshadow are edited, the home is made from /etc/skel. What is not given is left alone.",
  traits: FILE_EDIT,
  schema: closed({ users: listOf(userSchema, "The users.") }, ["users"]),
  short: "users",
  supports: linuxOnly,
  check: ({ users }) => [
    ...users.flatMap(({ password }, i) =>
      password === undefined ? [] : passwordProblems(password, ["users", i, "password"]),
    ),
    ...users.flatMap(({ name }, i) =>
      users.findIndex((other) => other.name === name) < i
        ? [{ at: ["users", i, "name"], summary: `${name} is in the list twice` }]
        : [],
    ),
  ],
  describe: ({ users }) => users.map((user) => user.name).join(", "),
  observe: async ({ g }, { users }): Promise<Observed> => {
    const files = await readAccounts(g);
    const observed = [];
    for (const user of users) observed.push(await observeUser(g, files, user));
    return {
      files,
      skeleton: await observeSkeleton(g, await readGuestText(g, "/etc/login.defs")),
      defaultShell: (await statGuest(g, "/bin/bash")) === undefined ? "/bin/sh" : "/bin/bash",
      users: observed,
    };
  },
  lower: ({ users }, observed): readonly PlannedAction[] => {
    if (observed === undefined) return offline(users);
    let files = observed.files;
    const homes: PlannedAction[] = [];
    for (const [i, args] of users.entries()) {
      const seen = observed.users[i];
      files = withUser(files, wanted(args, observed.defaultShell, seen?.field));
      const entry = usersOf(files.passwd).find((user) => user.name === args.name);
      if (entry === undefined || seen === undefined) continue;
      const create = args["create-home"] ?? !(args.system ?? false);
      if (create && !seen.homeExists) homes.push(...homeActions(entry.home, entry.uid, entry.gid, observed.skeleton));
      const keys = args["ssh-keys"] ?? [];
      if (keys.length > 0) homes.push(...keyActions(entry, keys, seen.keys));
    }
    return [...accountActions(observed.files, files), ...homes];
  },
});

async function readAccounts(g: Guestfs): Promise<AccountFiles> {
  const read = async (path: string): Promise<string> => {
    const content = await readGuestText(g, path);
    if (content === undefined) throw new Error(`users: ${path}: no such file in the guest`);
    return content;
  };
  return {
    passwd: await read("/etc/passwd"),
    shadow: await read("/etc/shadow"),
    group: await read("/etc/group"),
    gshadow: await readGuestText(g, "/etc/gshadow"),
  };
}

async function observeUser(g: Guestfs, files: AccountFiles, user: UserArgs): Promise<Observed["users"][number]> {
  if (user.shell !== undefined && (await statGuest(g, user.shell))?.type !== "file") {
    throw new Error(`users: ${user.name}: ${user.shell}: no such shell in the guest`);
  }
  const home = user.home ?? usersOf(files.passwd).find(({ name }) => name === user.name)?.home ?? `/home/${user.name}`;
  return {
    homeExists: (await lstatGuest(g, home)) !== undefined,
    keys: await observeKeys(g, home),
    field: user.password === undefined ? undefined : newField(user.password, passwordField(files.shadow, user.name)),
  };
}

function wanted(args: UserArgs, defaultShell: string, field: string | undefined) {
  const system = args.system ?? false;
  return {
    name: args.name,
    uid: args.uid,
    group: args.group,
    groups: args.groups ?? [],
    comment: args.comment,
    home: args.home,
    shell: args.shell,
    system,
    defaultShell: system ? "/usr/sbin/nologin" : defaultShell,
    field: (old: string | undefined): string => field ?? old ?? "!",
  };
}

function accountActions(before: AccountFiles, after: AccountFiles): readonly PlannedAction[] {
  return [
    ...rewriteText("/etc/passwd", before.passwd, after.passwd),
    ...rewriteText("/etc/shadow", before.shadow, new Secret(after.shadow)),
    ...rewriteText("/etc/group", before.group, after.group),
    ...(after.gshadow === undefined ? [] : rewriteText("/etc/gshadow", before.gshadow, new Secret(after.gshadow))),
  ];
}

/** Which files would be written; what is in them depends on the guest. */
function offline(users: readonly UserArgs[]): readonly PlannedAction[] {
  const files = ["/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow"];
  const keys = users.flatMap((user) => {
    const home = user.home ?? `/home/${user.name}`;
    const ids = { uid: user.uid, gid: undefined };
    return user["ssh-keys"] === undefined ? [] : keyActions({ home, ...ids }, user["ssh-keys"], undefined);
  });
  return [...files.map((path) => writeText(path, new Secret(""))), ...keys];
}
