/**
 * Keeps the old content of files that an action is about to change, where the action names them. Saves the second appliance
 * in the common case; never needed for the result: what is not here is read from the base. Only files that are still as in
 * the snapshot are kept.
 */
import type { Guestfs, PlannedAction } from "../../schemas/index.ts";
import { pathArgs } from "../effects.ts";
import type { ReadRequest } from "./classify.ts";
import { readContent, readDigests, readXattrs, sha256 } from "./contents.ts";
import { isRegular, type Xattrs } from "./entry.ts";
import type { Details } from "./gather.ts";
import { TEXT_MAX } from "./text.ts";
import { readEntries, type Tree, type TreeEntry } from "./tree.ts";
import type { Trust } from "./trust.ts";

const KEPT_BYTES_MAX = 64 << 20;
const DIGESTS_MAX = 400;
const DIGESTED_BYTES_MAX = 64 << 20;
const AUGEAS_FILES = "/files/";

export class Prefetch {
  readonly #contents = new Map<string, Uint8Array>();
  readonly #digests = new Map<string, string>();
  readonly #xattrs = new Map<string, Xattrs>();
  readonly #seen = new Set<string>();
  /** Paths of Augeas's tree that were changed and that aug_save will write. */
  readonly #augeas = new Set<string>();
  #bytes = 0;

  /** Call before the action runs. `tree` is the snapshot before all steps. */
  async before(g: Guestfs, planned: PlannedAction, tree: Tree): Promise<void> {
    if (planned.action === "aug_save") {
      for (const path of this.#augeas) await this.#keep(g, fileOfAugeasPath(path, tree) ?? "", tree);
      return;
    }
    for (const path of pathArgs(planned)) await this.#keep(g, path, tree);
  }

  /** Augeas changes its tree long before it writes a file: remembers which paths of the tree were named. */
  noteAugeas(planned: PlannedAction): void {
    if (!planned.action.startsWith("aug_")) return;
    for (const value of Object.values(planned.args)) {
      if (typeof value === "string" && value.startsWith(AUGEAS_FILES)) this.#augeas.add(value);
    }
  }

  /**
   * Keeps the digests of files whose change could not be told by their times. Right after the snapshot, and only where they
   * are few: else the base is read.
   */
  async digestDoubted(g: Guestfs, tree: Tree, trust: Trust): Promise<void> {
    const doubted = [...tree].filter(([, entry]) => isRegular(entry) && !trust(entry));
    const bytes = doubted.reduce((sum, [, entry]) => sum + entry.size, 0);
    if (doubted.length > DIGESTS_MAX || bytes > DIGESTED_BYTES_MAX) return;
    const paths = doubted.map(([path]) => path);
    for (const [path, digest] of await readDigests(g, paths)) this.#digests.set(path, digest);
    for (const [path, xattrs] of await readXattrs(g, paths)) this.#xattrs.set(path, xattrs);
  }

  /** The part of a request that is not answered from here. @param after what is known of the same files now */
  missing(request: ReadRequest, after: Details): ReadRequest {
    const unknown = (path: string): boolean => {
      if (this.#contents.has(path)) return false;
      const digest = this.#digests.get(path);
      if (digest === undefined) return true;
      const content = after.contents.get(path);
      return digest !== (content === undefined ? after.digests.get(path) : sha256(content));
    };
    return {
      xattrs: request.xattrs.filter((path) => !this.#xattrs.has(path)),
      targets: request.targets,
      contents: request.contents.filter(unknown),
      digests: request.digests.filter((path) => unknown(path) && !this.#digests.has(path)),
    };
  }

  /** What was read of the base, with what was kept here. */
  complete(details: Details): Details {
    return {
      xattrs: new Map([...details.xattrs, ...this.#xattrs]),
      targets: details.targets,
      contents: new Map([...details.contents, ...this.#contents]),
      digests: new Map([...details.digests, ...this.#digests]),
    };
  }

  async #keep(g: Guestfs, path: string, tree: Tree): Promise<void> {
    const entry = tree.get(path);
    if (entry === undefined || this.#seen.has(path)) return;
    this.#seen.add(path);
    if (!isRegular(entry) || entry.size > TEXT_MAX || this.#bytes + entry.size > KEPT_BYTES_MAX) return;
    const now = (await readEntries(g, [path])).get(path);
    if (now === undefined || !sameEntry(entry, now)) return;
    const content = await readContent(g, path, TEXT_MAX);
    const xattrs = await readXattrs(g, [path]);
    this.#bytes += content.length;
    this.#contents.set(path, content);
    this.#xattrs.set(path, xattrs.get(path) ?? new Map());
  }
}

/** The longest prefix of a path in Augeas's tree that is a file of the guest. */
export function fileOfAugeasPath(augeasPath: string, tree: Tree): string | undefined {
  const path = augeasPath.slice(AUGEAS_FILES.length - 1).replaceAll("\\", "");
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
    const candidate = path.slice(0, end).replace(/\[[^\]]*\]$/u, "");
    const entry = tree.get(candidate);
    if (entry !== undefined) return isRegular(entry) ? candidate : undefined;
  }
  return undefined;
}

function sameEntry(a: TreeEntry, b: TreeEntry): boolean {
  return a.ino === b.ino && a.dev === b.dev && a.ctime === b.ctime && a.mtime === b.mtime && a.size === b.size;
}
