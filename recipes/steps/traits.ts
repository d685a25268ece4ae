/** What several steps say about themselves in the same words. */
import type { GuestFacts, StepTraits } from "../../schemas/index.ts";

/** A step that reads and edits files of the guest, and nothing else. */
export const FILE_EDIT: StepTraits = {
  reads: true,
  writes: true,
  runsGuestPrograms: false,
  network: false,
  idempotent: true,
};

/** For `supports`: the reason why a guest that is not Linux cannot take a step. */
export function linuxOnly(guest: GuestFacts): string | undefined {
  if (guest.os === "linux") return undefined;
  return guest.os === "" ? "no Linux was found in the guest" : `a Linux guest is needed, this is ${guest.os}`;
}

/** Whether the distribution keeps Debian's conventions (/etc/timezone, the 127.0.1.1 line of /etc/hosts). */
export function isDebianLike(guest: GuestFacts): boolean {
  return ["debian", "ubuntu", "raspbian", "linuxmint", "kali", "devuan"].includes(guest.distro);
}
