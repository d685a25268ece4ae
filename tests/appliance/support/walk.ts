/**
 * An independent walk of an image: Debian's guestfish on Debian's appliance packs the mounted guest with tar, and the
 * archive is read here. Shares no code with gild's diff.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";

import { extract } from "tar-stream";

import { debianGuestfish } from "./program.ts";

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
  await debianGuestfish(image, `tar-out / ${archive} numericowner:true xattrs:true selinux:true\n`);
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
  const label: unknown = typeof pax === "object" && pax !== null ? Reflect.get(pax, "RHT.security.selinux") : "";
  return typeof label === "string" ? label.replace(/\0$/, "") : "";
}

/** "./etc/" is "/etc", "./" is "/". */
function pathOf(name: string): string {
  return `/${name.replace(/^\.\//, "").replace(/\/$/, "")}`;
}
