/**
 * Runs a commit once, recorded, and then every crash of it: the disk of each is made from files, recovered by gild's own
 * recovery, and compared with the two states it may be in.
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";

import { commitImages, type CommitDisk } from "../../engine/commit.ts";
import { identify } from "../../engine/file-identity.ts";
import { createHostFiles, type HostFiles, type OpenFile } from "../../engine/host-files.ts";
import { recoverImage } from "../../engine/recover.ts";
import { fates, Recording, type CrashedFile } from "./crash-model.ts";

/** What came out, in numbers of different disks. */
export interface Tally {
  /** Crashes of the commit. */
  commit: number;
  /** Crashes of the recovery after one of those. */
  recovery: number;
  /** Before the recovery an image had no name. */
  absent: number;
  /** The images as before. */
  old: number;
  /** The images as the commit was to make them. */
  new: number;
}

/** An image's file keeps its inode through all crashes, as it does on a real disk. */
interface Subject {
  readonly image: string;
  /** Another name of the file, where no crash comes. */
  readonly vault: string;
  readonly before: Buffer;
  after: Buffer;
}

const env = process.env;
/** Whole seconds: what utimes() can set again exactly. */
const MTIME = 1_700_000_000;
/** One of so many crashes is followed by crashes of its recovery. */
const NESTED = 40;

export class CrashLab {
  /** Where the images and their overlays are to be made. */
  readonly folder: string;
  readonly tally: Tally = { commit: 0, recovery: 0, absent: 0, old: 0, new: 0 };
  readonly #vault: string;
  readonly #files: HostFiles;
  readonly #random: () => number;
  readonly #seen = new Set<string>();
  readonly #subjects: Subject[] = [];

  /** @param work an empty folder @param random numbers in [0, 1) */
  constructor(work: string, clone: HostFiles["clone"], random: () => number) {
    this.folder = join(work, "images");
    this.#vault = join(work, "vault");
    mkdirSync(this.folder);
    mkdirSync(this.#vault);
    this.#random = random;
    this.#files = withoutSyncs({ ...createHostFiles(env), clone });
  }

  /** @throws Error for the first crash that does not come to one of the two states */
  async tryAll(made: readonly CommitDisk[]): Promise<void> {
    const disks: CommitDisk[] = [];
    for (const disk of made) {
      const vault = join(this.#vault, basename(disk.image));
      utimesSync(disk.image, MTIME, MTIME);
      linkSync(disk.image, vault);
      const before = readFileSync(disk.image);
      this.#subjects.push({ image: disk.image, vault, before, after: before });
      disks.push({ ...disk, seen: await identify(disk.image) });
    }
    const recording = new Recording([this.folder], (path) => disks.some(({ overlay }) => overlay === path));
    const owners = this.#owners(recording);

    await commitImages(disks, { env, files: recording.wrap(this.#files) });

    for (const subject of this.#subjects) subject.after = readFileSync(subject.image);
    for (let count = recording.start; count <= recording.ops.length; count += 1) {
      for (const fate of fates(recording.pending(count), this.#random)) {
        await this.#tryOne(recording.crash(count, fate), owners, `after "${recording.words[count - 1] ?? ""}"`, true);
      }
    }
  }

  async #tryOne(
    crashed: readonly CrashedFile[],
    owners: ReadonlyMap<number, Subject>,
    where: string,
    first: boolean,
  ): Promise<void> {
    const key = keyOf(crashed, owners);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#layOut(crashed, owners);
    this.#checkVisible(where);
    const nested = first && this.#random() * NESTED < 1;
    const recording = nested ? new Recording([this.folder]) : undefined;
    const nestedOwners = recording === undefined ? owners : this.#owners(recording);

    await this.#recover(recording?.wrap(this.#files) ?? this.#files);

    this.#checkRecovered(where);
    this.tally[first ? "commit" : "recovery"] += 1;
    if (recording === undefined) return;
    for (let count = 0; count <= recording.ops.length; count += 1) {
      for (const fate of fates(recording.pending(count), this.#random)) {
        const again = `${where}, then after "${recording.words[count - 1] ?? ""}" of the recovery`;
        await this.#tryOne(recording.crash(count, fate), nestedOwners, again, false);
      }
    }
  }

  /** The subjects by the number that a recording gives to their files now. */
  #owners(recording: Recording): Map<number, Subject> {
    const owners = new Map<number, Subject>();
    for (const name of readdirSync(this.folder)) {
      const path = join(this.folder, name);
      const subject = this.#subjects.find(({ vault }) => statSync(vault).ino === statSync(path).ino);
      const file = recording.fileAt(path);
      if (subject !== undefined && file !== undefined) owners.set(file, subject);
    }
    return owners;
  }

  #layOut(crashed: readonly CrashedFile[], owners: ReadonlyMap<number, Subject>): void {
    for (const name of readdirSync(this.folder)) rmSync(join(this.folder, name));
    for (const { path, file, content, untouched } of crashed) {
      const subject = owners.get(file);
      if (subject === undefined) {
        writeFileSync(path, content);
        continue;
      }
      writeFileSync(subject.vault, content);
      if (untouched && content.equals(subject.before)) utimesSync(subject.vault, MTIME, MTIME);
      linkSync(subject.vault, path);
    }
  }

  /** What a VM could boot now: nothing half-written, and no two images of different times. */
  #checkVisible(where: string): void {
    const states = this.#subjects.map((subject) => stateOf(subject));
    if (states.includes("absent")) this.tally.absent += 1;
    const bootable = states.filter((state) => state !== "absent");
    if (new Set(bootable).size <= 1 && !bootable.includes("half-written")) return;
    throw new Error(`crash ${where}: before recovery the images are ${states.join(", ")}`);
  }

  async #recover(files: HostFiles): Promise<void> {
    // Any image of them may be the one that is opened first.
    const order = this.#random() < 0.5 ? this.#subjects : this.#subjects.toReversed();
    for (const { image } of order) await recoverImage(image, image, { env, files });
  }

  #checkRecovered(where: string): void {
    const states = new Set(this.#subjects.map((subject) => stateOf(subject)));
    const [state] = states;
    const names = readdirSync(this.folder).sort();
    const wanted = this.#subjects.map(({ image }) => basename(image)).sort();
    if (states.size > 1 || (state !== "old" && state !== "new") || names.join() !== wanted.join()) {
      throw new Error(
        `crash ${where}: after recovery the images are ${[...states].join(", ")}; files: ${names.join()}`,
      );
    }
    this.tally[state] += 1;
  }
}

/** The model says what a sync is good for; on these files it would only take time. */
function withoutSyncs(files: HostFiles): HostFiles {
  const without = (file: OpenFile): OpenFile => ({ ...file, sync: async () => undefined });
  return {
    ...files,
    openFile: async (path) => without(await files.openFile(path)),
    createFile: async (path) => without(await files.createFile(path)),
    syncFolder: async () => undefined,
  };
}

function stateOf({ image, before, after }: Subject): "absent" | "old" | "new" | "half-written" {
  if (!existsSync(image)) return "absent";
  const now = readFileSync(image);
  if (now.equals(before)) return "old";
  return now.equals(after) ? "new" : "half-written";
}

function keyOf(crashed: readonly CrashedFile[], owners: ReadonlyMap<number, Subject>): string {
  const parts = crashed.map(({ path, file, content, untouched }) => {
    const digest = createHash("sha256").update(content).digest("base64");
    return [path, owners.get(file)?.image ?? "", digest, String(untouched)].join("\n");
  });
  return createHash("sha256").update(parts.sort().join("\n")).digest("base64");
}
