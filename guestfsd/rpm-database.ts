/**
 * What is in an rpm database, as the appliance's rpm reads it. It reads a private copy of the files: even a query writes beside
 * the database (lock, SQLite's journal), and it never meets a path, a macro or a program of the guest. Signatures are not
 * checked: the keys would be the guest's.
 */
import { closeSync, fstatSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

import { RPM_DATABASE_FOLDERS, RPM_DATABASE_KINDS, structs, textFromBytes, type StructOf } from "../schemas/index.ts";
import { failed } from "./command.ts";
import type { Commands, Context } from "./context.ts";
import { about, ActionError, errnoCode } from "./errors.ts";
import { openHere, pieces } from "./file-reader.ts";

type Application = StructOf<"application2">;
/** Opens a regular file for reading. @throws ActionError or an error of the system */
type Open = (path: string) => number;

/** The copy is in memory. A full desktop has 200 MiB. */
const SIZE_MAX = 384 << 20;
/** A database can lead rpm in a circle. The largest takes some seconds, under emulation half a minute. */
const CPU_SECONDS_MAX = 120;
/** What libguestfs gives for a tag that a package does not have. */
const NONE = "(none)";
/** Greatest epoch that fits the struct. */
const EPOCH_MAX = 0x7fff_ffff;

/** What is asked of each package, and the field that it fills; the epoch is in front of them. */
const TAGS: readonly (readonly [tag: string, field: TextField])[] = [
  ["NAME", "app2_name"],
  ["VERSION", "app2_version"],
  ["RELEASE", "app2_release"],
  ["ARCH", "app2_arch"],
  ["URL", "app2_url"],
  ["SUMMARY", "app2_summary"],
  ["DESCRIPTION", "app2_description"],
];
/** Each value in single quotes, a quote in it as '\''; nothing for a tag that is not there. */
const FORMAT = `%|EPOCH?{%{EPOCH}}:{0}|${TAGS.map(([tag]) => ` %|${tag}?{%{${tag}:shescape}}|`).join("")}\\n`;

type TextField = Exclude<keyof Application, "app2_epoch">;

/** Packages of the guest's database, in its own order. @throws ActionError when there is one that cannot be read */
export function guestPackages({ sysroot, command }: Pick<Context, "sysroot" | "command">): Application[] {
  const open: Open = (path) => sysroot.inside(() => openHere(path));
  for (const folder of RPM_DATABASE_FOLDERS) {
    for (const { file } of RPM_DATABASE_KINDS) {
      const found = packagesIn(command, `${folder}/${file}`, open);
      if (found !== undefined) return found;
    }
  }
  return [];
}

/**
 * What a comparison needs of the packages in one database, by the name of its file; empty where it is not there.
 *
 * @throws ActionError EFBIG, ENOTSUP, EINVAL
 */
export function packageNames(command: Commands, path: string, open: Open): Application[] {
  const found = packagesIn(command, path, open) ?? [];
  return found.map(({ app2_name, app2_epoch, app2_version, app2_release, app2_arch }) => ({
    ...structs.application2.filler,
    app2_name,
    app2_epoch,
    app2_version,
    app2_release,
    app2_arch: app2_arch === NONE ? "" : app2_arch,
  }));
}

/**
 * @param cpuSeconds after which rpm is killed
 * @returns undefined where there is no such file
 */
export function packagesIn(
  command: Commands,
  path: string,
  open: Open,
  cpuSeconds = CPU_SECONDS_MAX,
): Application[] | undefined {
  const folder = mkdtempSync("/tmp/rpm");
  try {
    const kind = RPM_DATABASE_KINDS.find(({ file }) => path.endsWith(`/${file}`));
    if (kind === undefined) throw new ActionError(`${path}: no database of rpm has this name`, "EINVAL");
    const size = copyInto(join(folder, kind.file), path, open, SIZE_MAX);
    if (size === undefined) return undefined;
    const { backend, journal } = kind;
    if (backend === undefined) throw new ActionError(`${path}: databases of the kind NDB are not read`, "ENOTSUP");
    if (journal !== undefined) copyInto(join(folder, kind.file + journal), path + journal, open, SIZE_MAX - size);
    return query(command, { path, folder, backend, cpuSeconds });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @returns bytes copied; undefined where there is no such file */
function copyInto(copy: string, path: string, open: Open, max: number): number | undefined {
  return about(path, () => {
    const source = openIfThere(open, path);
    if (source === undefined) return undefined;
    const { size } = fstatSync(source);
    if (size > max) {
      closeSync(source);
      throw new ActionError(`${path}: larger than ${SIZE_MAX} bytes`, "EFBIG");
    }
    const target = openSync(copy, "wx");
    try {
      for (const piece of pieces(source)) writeAll(target, piece);
    } finally {
      closeSync(target);
    }
    return size;
  });
}

function openIfThere(open: Open, path: string): number | undefined {
  try {
    return open(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errnoCode(error) ?? "")) return undefined;
    throw error;
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(writeSync(fd, rest));
}

interface Query {
  /** In the guest, for messages. */
  readonly path: string;
  /** Where the copy is. */
  readonly folder: string;
  readonly backend: string;
  readonly cpuSeconds: number;
}

/** rpm goes on behind a package that it cannot read, and says so: half a list is an error here. */
function query(command: Commands, { path, folder, backend, cpuSeconds }: Query): Application[] {
  const argv = ["rpm", "--define", `_db_backend ${backend}`, "--dbpath", folder, "--nodigest", "--nosignature"];
  const limited = ["prlimit", `--cpu=${cpuSeconds}`, ...argv, "-qa", "--queryformat", FORMAT];
  const { status, stdout, stderr } = command.run(limited);
  const said = stderr.split("\n").filter((line) => !line.startsWith("warning: "));
  const error = said.find((line) => line.startsWith("error: "));
  const reason = error?.slice("error: ".length).replaceAll(`${folder}/`, "");
  if (reason !== undefined || status !== 0) {
    throw new ActionError(`${path}: ${reason ?? failed(argv, { status, stderr: said.join("\n") }).message}`, "EINVAL");
  }
  return parse(textFromBytes(stdout));
}

/** @throws ActionError where the text is not made by FORMAT */
function parse(text: string): Application[] {
  const found: Application[] = [];
  const words = new Words(text);
  while (!words.atEnd) {
    const one = { ...structs.application2.filler, app2_epoch: Math.min(words.number(), EPOCH_MAX) };
    for (const [, field] of TAGS) {
      words.skip(" ");
      one[field] = words.quoted();
    }
    words.skip("\n");
    found.push(one);
  }
  return found;
}

class Words {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  skip(mark: string): void {
    if (!this.#text.startsWith(mark, this.#at)) throw unexpected();
    this.#at += mark.length;
  }

  number(): number {
    const end = this.#text.indexOf(" ", this.#at);
    const digits = this.#text.slice(this.#at, end);
    if (!/^\d{1,10}$/.test(digits)) throw unexpected();
    this.#at = end;
    return Number(digits);
  }

  /** NONE where there is no quote. */
  quoted(): string {
    if (!this.#text.startsWith("'", this.#at)) return NONE;
    let value = "";
    while (this.#text.startsWith("'", this.#at)) {
      const end = this.#text.indexOf("'", this.#at + 1);
      if (end === -1) throw unexpected();
      value += this.#text.slice(this.#at + 1, end);
      this.#at = end + 1;
      if (!this.#text.startsWith("\\''", this.#at)) break;
      value += "'";
      this.#at += 2;
    }
    return value;
  }
}

function unexpected(): ActionError {
  return new ActionError("rpm: the list of packages has another form");
}
