/** Step `ssh-inject`: public keys in a user's authorized_keys. */
import { readFile } from "node:fs/promises";

import { closed, defineStep, hostFile, listOf, secretText, text, type Text } from "../../../schemas/index.ts";
import { usersOf } from "../../accounts.ts";
import { keyActions, observeKeys } from "../../authorized-keys.ts";
import { readGuestText } from "../../guest-file.ts";
import { FILE_EDIT, linuxOnly } from "../traits.ts";

export const sshInject = defineStep({
  name: "ssh-inject",
  summary: "let a key log in",
  description:
    "Adds public keys to ~/.ssh/authorized_keys of a user of the guest, where they are not there yet, and makes the folder " +
    "and the file the user's own, closed to others. Keys that are there are kept.",
  traits: FILE_EDIT,
  schema: closed(
    {
      user: text("Name of a user of the guest."),
      keys: listOf(secretText("A public key, as in a .pub file."), "Public keys."),
      file: hostFile("Host file with public keys, one on a line."),
    },
    ["user"],
  ),
  supports: linuxOnly,
  check: ({ keys, file }) =>
    (keys === undefined || keys.length === 0) && file === undefined
      ? [{ at: [], summary: "neither `keys` nor `file` gives a key" }]
      : [],
  describe: ({ user, keys, file }) =>
    `${user}: ${[...(keys ?? []).map(() => "key"), ...(file ? [file] : [])].join(", ")}`,
  observe: async ({ g }, { user, file }) => {
    const owner = usersOf((await readGuestText(g, "/etc/passwd")) ?? "").find((entry) => entry.name === user);
    if (owner === undefined) throw new Error(`ssh-inject: ${user}: no such user in the guest`);
    if (!owner.home.startsWith("/")) throw new Error(`ssh-inject: ${user}: the user has no home folder`);
    const keys = await observeKeys(g, owner.home);
    return { owner, keys, fromFile: file === undefined ? [] : keyLines(await readFile(file, "utf8")) };
  },
  lower: ({ user, keys = [] }, observed) => {
    const wanted: readonly Text[] = [...keys, ...(observed?.fromFile ?? [])];
    const home = user === "root" ? "/root" : `/home/${user}`;
    return keyActions(observed?.owner ?? { home, uid: undefined, gid: undefined }, wanted, observed?.keys);
  },
});

function keyLines(content: string): readonly string[] {
  return content
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
