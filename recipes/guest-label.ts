/** SELinux labels of paths that a step replaces by new files: read before, set again after. Chooses no labels itself. */
import { call, textFromBytes, type Guestfs, type PlannedAction } from "../schemas/index.ts";
import { lstatGuest } from "./guest-stat.ts";

const LABEL = "security.selinux";

/** The label of a path (of a link itself); undefined when there is no path or no label. */
export async function labelOf(g: Guestfs, path: string): Promise<string | undefined> {
  if ((await lstatGuest(g, path)) === undefined) return undefined;
  const attributes = await g.lgetxattrs({ path });
  const label = attributes.find(({ attrname }) => attrname === LABEL)?.attrval;
  // The kernel's NUL at the end cannot be sent, and is not needed: a label is read up to it.
  return label === undefined ? undefined : textFromBytes(label).replace(/\0$/, "");
}

/** Gives the new file the label of the old one; nothing when that had none. */
export function labelActions(path: string, label: string | undefined): readonly PlannedAction[] {
  return label === undefined ? [] : [call("lsetxattr", { xattr: LABEL, val: label, vallen: label.length, path })];
}
