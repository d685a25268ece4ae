/** Step `password`: the password of a user of the guest, or no password at all. */
import {
  Secret,
  closed,
  defineStep,
  reveal,
  secretText,
  text,
  type ArgProblem,
  type PlannedAction,
  type Text,
} from "../../../schemas/index.ts";
import { usersOf } from "../../accounts.ts";
import { writeText } from "../../guest-content.ts";
import { readGuestText } from "../../guest-file.ts";
import { PASSWORD_MAX, hashPassword, isPasswordOf, lockedField, newSalt } from "../../password-hash.ts";
import { passwordField, withPassword } from "../../shadow.ts";
import { FILE_EDIT, linuxOnly } from "../traits.ts";

const SHADOW = "/etc/shadow";
/** The word that stands for "no password may log in". */
export const LOCKED = "locked";

export const password = defineStep({
  name: "password",
  summary: "set a user's password",
  description:
    "Gives a user of the guest a password. It is hashed (SHA-512-crypt) on the host; nothing is written when the guest's " +
    "hash already is one of this password. `locked` locks the password; logging in with a key stays possible.",
  traits: FILE_EDIT,
  schema: closed(
    {
      user: text("Name of a user of the guest."),
      password: secretText("The password, best given as a secret; or the word `locked`."),
    },
    ["user", "password"],
  ),
  supports: linuxOnly,
  check: ({ password }) => passwordProblems(password, ["password"]),
  describe: ({ user, password }) => `${user}${password === LOCKED ? ": locked" : ""}`,
  observe: async ({ g }, { user, password }) => {
    const users = usersOf((await readGuestText(g, "/etc/passwd")) ?? "");
    if (!users.some((entry) => entry.name === user)) throw new Error(`password: ${user}: no such user in the guest`);
    const shadow = await readGuestText(g, SHADOW);
    if (shadow === undefined) throw new Error(`password: ${SHADOW}: no such file in the guest`);
    return { shadow, field: newField(password, passwordField(shadow, user)) };
  },
  lower: ({ user }, observed): readonly PlannedAction[] => {
    if (observed === undefined) return [writeText(SHADOW, new Secret(""))];
    const after = withPassword(observed.shadow, user, () => observed.field);
    return after === observed.shadow ? [] : [writeText(SHADOW, new Secret(after))];
  },
});

/** The field that makes `wanted` true: the old one when it is true already. Draws a salt. */
export function newField(wanted: Text, old: string | undefined): string {
  if (wanted === LOCKED) return lockedField(old);
  const plain = reveal(wanted);
  return old !== undefined && isPasswordOf(plain, old) ? old : hashPassword(plain, newSalt());
}

/** What a password may not be. */
export function passwordProblems(password: Text, at: readonly (string | number)[]): readonly ArgProblem[] {
  const plain = reveal(password);
  if (plain === "") {
    return [{ at, summary: "an empty password", detail: "Write `locked` for an account that no password opens." }];
  }
  if (Buffer.byteLength(plain) > PASSWORD_MAX) return [{ at, summary: `longer than ${PASSWORD_MAX} bytes` }];
  if (/[\0\r\n]/.test(plain)) return [{ at, summary: "a password with a newline cannot be typed" }];
  return [];
}
