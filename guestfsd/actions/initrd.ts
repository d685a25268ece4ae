/** Daemon side of schemas/actions/initrd.ts. */
import { GUESTFS_MESSAGE_MAX, type families, type HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError, failure } from "../errors.ts";
import { openFile } from "../file-reader.ts";
import { initramfsMembers, type Member } from "../initramfs.ts";

const TYPE = 0o170000;
const REGULAR = 0o100000;
const DIRECTORY = 0o040000;

export const initrd = {
  initrd_list({ path }, { sysroot, command }) {
    return about(path, () => {
      const names: string[] = [];
      let size = 0;
      for (const { name } of initramfsMembers(openFile(sysroot, path), command)) {
        size += name.length;
        if (size > GUESTFS_MESSAGE_MAX) throw tooLarge("the list");
        names.push(name);
      }
      return names;
    });
  },

  initrd_cat({ initrdpath, filename }, { sysroot, command }) {
    const shown = `${initrdpath}:${filename}`;
    return about(shown, () => {
      const content = find(initramfsMembers(openFile(sysroot, initrdpath), command), filename);
      if (content === undefined) throw failure(shown, "ENOENT");
      return content;
    });
  },
} satisfies HandlersOf<typeof families.initrd, Context>;

/** The content of a file: the last one of that name counts, as for the kernel, which unpacks them all. */
function find(members: Iterable<Member>, filename: string): Buffer | undefined {
  let found: Buffer | undefined;
  /** Inode of the file whose content is still to come with another name. */
  let waitingFor: number | undefined;
  for (const member of members) {
    const { name, ino, size } = member;
    if (name !== filename && (ino !== waitingFor || size === 0)) continue;
    if (name === filename) requireFile(member);
    if (size > GUESTFS_MESSAGE_MAX) throw tooLarge("the file");
    found = member.content();
    waitingFor = size === 0 && member.nlink > 1 ? ino : undefined;
  }
  return found;
}

function requireFile({ name, mode }: Member): void {
  if ((mode & TYPE) === DIRECTORY) throw failure(name, "EISDIR");
  if ((mode & TYPE) !== REGULAR) throw new ActionError(`${name}: not a regular file`, "EINVAL");
}

const tooLarge = (what: string): ActionError =>
  new ActionError(`${what} is over ${GUESTFS_MESSAGE_MAX} bytes`, "EFBIG");
