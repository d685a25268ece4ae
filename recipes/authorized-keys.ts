/** Public keys in a user's ~/.ssh/authorized_keys: observing them, and the actions that add the missing ones. */
import type { GuestStat } from "./guest-stat.ts";
import { writeText } from "./guest-content.ts";
import { readGuestText } from "./guest-file.ts";
import { ownershipActions } from "./guest-owner.ts";
import { statGuest } from "./guest-stat.ts";
import { Secret, call, joinText, reveal, type Guestfs, type PlannedAction, type Text } from "../schemas/index.ts";

export interface KeysObserved {
  readonly folder: GuestStat | undefined;
  readonly file: GuestStat | undefined;
  readonly text: string;
}

/** Whose keys: the home folder, and the ids that the files must have. */
export interface KeysOwner {
  readonly home: string;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

export async function observeKeys(g: Guestfs, home: string): Promise<KeysObserved> {
  return {
    folder: await statGuest(g, sshFolder(home)),
    file: await statGuest(g, keysFile(home)),
    text: (await readGuestText(g, keysFile(home))) ?? "",
  };
}

/**
 * Adds the keys that are missing, and sets 0700 on ~/.ssh and 0600 on the file where they are looser or not the user's,
 * as sshd demands.
 */
export function keyActions(
  owner: KeysOwner,
  keys: readonly Text[],
  observed: KeysObserved | undefined,
): readonly PlannedAction[] {
  const folder = sshFolder(owner.home);
  const file = keysFile(owner.home);
  const text = withKeys(observed?.text ?? "", keys);
  const changed = reveal(text) !== observed?.text;
  return [
    ...(observed?.folder === undefined ? [call("mkdir_p", { path: folder })] : []),
    ...ownershipActions(folder, strictMode(observed?.folder, "0700"), owner, observed?.folder),
    ...(changed ? [writeText(file, text)] : []),
    ...(changed || observed?.file !== undefined
      ? ownershipActions(file, strictMode(observed?.file, "0600"), owner, observed?.file)
      : []),
  ];
}

/** The text of authorized_keys with the keys in it; unchanged when all are there. A Secret when a new key is one. */
export function withKeys(before: string, keys: readonly Text[]): Text {
  const known = new Set(before.split("\n").map(keyIdentity));
  let after: Text = before === "" || before.endsWith("\n") ? before : `${before}\n`;
  let added = false;
  for (const key of keys) {
    const identity = keyIdentity(reveal(key));
    if (identity === "" || known.has(identity)) continue;
    known.add(identity);
    added = true;
    after = joinText(after, trimmed(key), "\n");
  }
  return added ? after : before;
}

/** What makes two lines the same key: its type and its blob; options and comment do not count. Empty for no key. */
function keyIdentity(line: string): string {
  const words = line.trim().split(/\s+/);
  const type = words.findIndex((word) => /^(ssh-|ecdsa-|sk-)[A-Za-z0-9@.-]+$/.test(word));
  if (line.trim().startsWith("#")) return "";
  return type < 0 ? line.trim() : words.slice(type, type + 2).join(" ");
}

function trimmed(key: Text): Text {
  const text = reveal(key).trim();
  return key instanceof Secret ? new Secret(text) : text;
}

function sshFolder(home: string): string {
  return `${home === "/" ? "" : home}/.ssh`;
}

function keysFile(home: string): string {
  return `${sshFolder(home)}/authorized_keys`;
}

/** The mode to set: none when it is as strict already. */
function strictMode(before: GuestStat | undefined, strict: string): string | undefined {
  return before !== undefined && (before.mode & 0o077) === 0 ? undefined : strict;
}
