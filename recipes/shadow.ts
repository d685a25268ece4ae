/** Passwords in the text of /etc/shadow. Pure. */
import { formatAccounts, parseAccounts, withEntry } from "./accounts.ts";

/** How the password field of an entry is to be: a hash, or locked whatever it is now. */
export type PasswordField = (old: string | undefined) => string;

/** The password field of a user; undefined when shadow has no entry for the user. */
export function passwordField(shadow: string, user: string): string | undefined {
  return parseAccounts(shadow).find(([name]) => name === user)?.[1];
}

/**
 * Shadow text in which a user has another password field. A missing entry is added with the usual limits. The day of the
 * last change is left as it is (empty in a new entry: no ageing), so that the same recipe gives the same bytes.
 */
export function withPassword(shadow: string, user: string, field: PasswordField): string {
  const fresh = [user, "", "", "0", "99999", "7", "", "", ""];
  const lines = withEntry(parseAccounts(shadow), user, (old) => (old ?? fresh).with(1, field(old?.[1])));
  return formatAccounts(lines);
}
