/**
 * What the crashes of tests/engine/commit-crash.test.ts are made from is what `gild apply` really asks of the kernel: the
 * calls that strace sees are the recorded ones, in the same order, and no others.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { commitImages } from "../../engine/commit.ts";
import { identify } from "../../engine/file-identity.ts";
import { createHostFiles } from "../../engine/host-files.ts";
import { packageInfo } from "../../engine/index.ts";
import { makeImage, type Format } from "../engine/commit-fixture.ts";
import { Recording } from "../engine/crash-model.ts";
import { makePlan } from "../engine/plan-fixture.ts";
import { gildProgram, mustRun } from "./support/program.ts";

const CALLS =
  "openat,write,writev,pwrite64,pwritev,fallocate,ftruncate,fsync,fdatasync,rename,renameat,renameat2,link,linkat," +
  "symlink,symlinkat,unlink,unlinkat,rmdir,mkdir,mkdirat,copy_file_range,sendfile,truncate,sync_file_range,ioctl";

const folder = mkdtempSync(join(tmpdir(), "gild-strace-"));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test.each<Format>(["raw", "qcow2"])("%s: the recorded calls are the calls that are made", async (format) => {
  const [traced, recorded] = [join(folder, `${format}-traced`), join(folder, `${format}-recorded`)];
  mkdirSync(traced);
  await makeImage(join(traced, "disk"), format);
  await makePlan({ path: join(traced, "p"), gild: packageInfo().version, images: [join(traced, "disk")], format });
  cpSync(traced, recorded, { recursive: true });

  const log = join(folder, `${format}.strace`);
  await mustRun("strace", ["-f", "-y", "-s", "0", "-o", log, "-e", `trace=${CALLS}`, ...command(traced)]);
  const seen = wholeCalls(readFileSync(log, "utf8"), traced).flatMap((line) => callIn(line, traced));

  expect(seen).toEqual(await recordedCalls(recorded));
});

const command = (at: string): string[] => [process.execPath, gildProgram, "apply", join(at, "p")];

/** The same commit, recorded, in the words of {@link callIn}. */
async function recordedCalls(at: string): Promise<string[]> {
  const overlay = join(at, ".disk.gild-overlay-000000000000");
  cpSync(join(at, "p.disk0.overlay"), overlay);
  const image = join(at, "disk");
  const env = process.env;
  const recording = new Recording([at]);
  await commitImages([{ image, overlay, seen: await identify(image) }], {
    env,
    files: recording.wrap(createHostFiles(env)),
  });
  return recording.words;
}

/** The lines of strace, with the two halves of a call joined that another thread came between. @throws Error for two at once */
function wholeCalls(log: string, at: string): string[] {
  const begun = new Map<string, string>();
  const isOurs = (line: string): boolean => line.includes(at) && !/\.gild-(?:lock|new|overlay)\b/u.test(line);
  const lines: string[] = [];
  for (const line of log.split("\n")) {
    const [, thread = "", half] = /^(\d+) +<\.\.\. \w+ resumed>(.*)$/u.exec(line) ?? /^(\d+) /u.exec(line) ?? [];
    const whole = half === undefined ? line : `${begun.get(thread) ?? ""}${half}`;
    begun.delete(thread);
    const other = [...begun.values()].find(isOurs);
    if (isOurs(whole) && other !== undefined) throw new Error(`two calls at once: ${other}, ${whole}`);
    const start = / *<unfinished \.\.\.>$/u.exec(whole);
    if (start === null) lines.push(whole);
    else begun.set(thread, whole.slice(0, start.index));
  }
  return lines;
}

/**
 * A line of strace in the words of {@link Recording}; none for calls that change nothing, are elsewhere, or belong to the
 * lock, to the copy of the plan's overlay, and to the question whether the filesystem can clone (it cannot).
 */
function callIn(line: string, at: string): string[] {
  const [, call = "", args = "", result = ""] = /^\d+ +(\w+)\((.*)\) += (.*)$/u.exec(line) ?? [];
  if (!args.includes(at) || result.startsWith("-1")) return [];
  if (/\.gild-(?:lock|new)\b/u.test(args)) return [];
  if (call === "openat" && !/O_CREAT/u.test(args)) return [];
  if (args.includes("gild-overlay") && /^(?:openat|ftruncate|copy_file_range|ioctl)$/u.test(call)) return [];
  const [path = "", other = ""] = [...args.matchAll(/(?<=[<"])\/[^>"]*/gu)].map(([found]) => found);
  const numbers = args.split(", ").map(Number);
  return [wordsOf(call, path, other, numbers).replaceAll(/-overlay-[0-9a-f]{12}/gu, "-overlay-000000000000")];
}

function wordsOf(call: string, path: string, other: string, numbers: readonly number[]): string {
  const name = basename(path);
  switch (call) {
    case "openat":
      return `create ${basename(other)}`;
    case "pwrite64":
      return `write ${numbers[2]} at ${numbers[3]} of ${name}`;
    case "fallocate":
      return `zero ${numbers[3]} at ${numbers[2]} of ${name}`;
    case "ftruncate":
      return `truncate ${name} to ${numbers[1]}`;
    case "fsync":
      return isFolder(path) ? "sync folder" : `sync ${name}`;
    case "rename":
      return `rename ${name} to ${basename(other)}`;
    case "unlink":
      return `remove ${name}`;
    default:
      return `${call} ${path} ${other}`;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
