/**
 * An independent walk of the golden image, or of what became of it: the host's kernel mounts its filesystems, tar packs them, and
 * the archive is read here. Shares no code with gild's diff, and none with an appliance.
 */
import { createHash } from "node:crypto";
import { closeSync, createReadStream, fstatSync, mkdirSync, openSync, readSync } from "node:fs";
import { rm } from "node:fs/promises";

import { extract } from "tar-stream";

import { mustRun } from "./program.ts";

/** The image's filesystems by their labels, and where they are mounted. */
const MOUNTS = { root: "", boot: "/boot" };
const MiB = 1024 * 1024;

/** What the walk knows of a file; `sha256` of regular files, `link` of symbolic and hard links. */
export interface Walked {
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sha256: string;
  readonly link: string;
  /** `security.selinux`, without the final NUL; "" when there is none. */
  readonly label: string;
}

/** Every file of the guest by its path ("/etc/passwd"). `archive` is a scratch file, removed afterwards. */
export async function walkImage(image: string, archive: string): Promise<Map<string, Walked>> {
  await pack(image, archive);
  const files = new Map<string, Walked>();
  for await (const entry of createReadStream(archive).pipe(extract())) {
    const { header } = entry;
    const hash = createHash("sha256");
    for await (const bytes of entry) hash.update(bytes);
    const type = header.type ?? "file";
    files.set(pathOf(header.name), {
      type,
      mode: (header.mode ?? 0) & 0o7777,
      uid: header.uid ?? -1,
      gid: header.gid ?? -1,
      sha256: type === "file" ? hash.digest("hex") : "",
      link: header.linkname ?? "",
      label: selinuxLabel(header),
    });
  }
  await rm(archive);
  return files;
}

async function pack(image: string, archive: string): Promise<void> {
  const [raw, top] = [`${archive}.raw`, `${archive}.mounted`];
  await mustRun("qemu-img", ["convert", "-O", "raw", image, raw]);
  mkdirSync(top);
  try {
    const filesystems = ext4sIn(raw);
    for (const [label, place] of Object.entries(MOUNTS)) {
      const found = filesystems.get(label);
      if (found === undefined) throw new Error(`${image}: no filesystem has the label ${label}`);
      const options = `ro,noload,loop,offset=${found.offset},sizelimit=${found.size}`;
      await mustRun("mount", ["-t", "ext4", "-o", options, raw, `${top}${place}`]);
    }
    const attributes = ["--xattrs", "--xattrs-include=security.selinux"];
    await mustRun("tar", ["-C", top, ...attributes, "--numeric-owner", "-cf", archive, "."]);
  } finally {
    await mustRun("umount", ["--recursive", top]);
    await rm(top, { recursive: true });
    await rm(raw);
  }
}

/** By their labels; in bytes. Partitions and LVM's extents begin at whole MiB, and a superblock is 1,024 bytes behind that. */
function ext4sIn(raw: string): Map<string, { readonly offset: number; readonly size: number }> {
  const found = new Map<string, { offset: number; size: number }>();
  const fd = openSync(raw, "r");
  const block = Buffer.alloc(1024);
  for (let offset = 0; offset + MiB <= fstatSync(fd).size; offset += MiB) {
    readSync(fd, block, 0, block.length, offset + 1024);
    const isFirst = block.readUInt16LE(0x5a) === 0; // of the filesystem's superblocks
    if (block.readUInt16LE(0x38) !== 0xef53 || !isFirst) continue;
    const label = block.toString("latin1", 0x78, 0x88).replace(/\0.*$/s, "");
    const size = block.readUInt32LE(0x04) * 2 ** (10 + block.readUInt32LE(0x18));
    found.set(label, { offset, size });
  }
  closeSync(fd);
  return found;
}

/** Paths that were added, removed or changed, sorted. */
export function differences(
  before: ReadonlyMap<string, Walked>,
  after: ReadonlyMap<string, Walked>,
): Record<"added" | "removed" | "changed", string[]> {
  const added = [...after.keys()].filter((path) => !before.has(path));
  const removed = [...before.keys()].filter((path) => !after.has(path));
  const changed = [...before].flatMap(([path, old]) => {
    const now = after.get(path);
    return now !== undefined && JSON.stringify(old) !== JSON.stringify(now) ? [path] : [];
  });
  return { added: added.toSorted(), removed: removed.toSorted(), changed: changed.toSorted() };
}

/** tar-stream keeps the extended headers in `pax`, which its types do not know. */
function selinuxLabel(header: object): string {
  const pax: unknown = Reflect.get(header, "pax");
  const label: unknown =
    typeof pax === "object" && pax !== null ? Reflect.get(pax, "SCHILY.xattr.security.selinux") : "";
  return typeof label === "string" ? label.replace(/\0$/, "") : "";
}

/** "./etc/" is "/etc", "./" is "/". */
function pathOf(name: string): string {
  return `/${name.replace(/^\.\//, "").replace(/\/$/, "")}`;
}
