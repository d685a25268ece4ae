/**
 * An independent walk of an image: Debian's guestfish on Debian's appliance packs the mounted guest with tar, and the
 * archive is read here. Shares no code with gild's diff.
 */
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";

import { Parser } from "tar";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";

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
  const parser = new Parser();
  parser.on("entry", (entry) => {
    const hash = createHash("sha256");
    entry.on("data", (bytes: Buffer) => hash.update(bytes));
    entry.on("end", () => {
      const path = `/${entry.path.replace(/^\.\//, "").replace(/\/$/, "")}`;
      const digest = entry.type === "File" ? hash.digest("hex") : "";
      files.set(path, {
        type: entry.type,
        mode: (entry.mode ?? 0) & 0o7777,
        uid: entry.uid ?? -1,
        gid: entry.gid ?? -1,
        sha256: digest,
        link: entry.linkpath ?? "",
        label: selinuxLabel(entry.extended),
      });
    });
  });
  await pipeline(createReadStream(archive), parser as unknown as NodeJS.WritableStream);
  await rm(archive);
  return files;
}

/** Paths that were added, removed or changed, sorted. */
export function differences(before: ReadonlyMap<string, Walked>, after: ReadonlyMap<string, Walked>): Record<"added" | "removed" | "changed", string[]> {
  const added = [...after.keys()].filter((path) => !before.has(path)).sort();
  const removed = [...before.keys()].filter((path) => !after.has(path)).sort();
  const changed = [...before].flatMap(([path, old]) => {
    const now = after.get(path);
    return now !== undefined && JSON.stringify(old) !== JSON.stringify(now) ? [path] : [];
  });
  return { added, removed, changed: changed.sort() };
}

/** tar's pax headers hold attributes as `RHT.security.selinux`. */
function selinuxLabel(extended: unknown): string {
  if (typeof extended !== "object" || extended === null) return "";
  const value: unknown = Reflect.get(extended, "RHT.security.selinux");
  return typeof value === "string" ? value.replace(/\0$/, "") : "";
}
