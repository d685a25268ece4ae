/**
 * Runs the corpus of guestfish scripts (../corpus) on an appliance, with Debian's unmodified guestfish: what it prints for
 * each line, and what the daemon answered on the wire. Knows nothing of what may differ (normalise.ts).
 */
import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { actions, decodeChunk, decodeError, FrameDecoder, splitMessage, streamArg } from "../../../schemas/index.ts";
import { sampleHive } from "../../../schemas/sample-hive.ts";
import { libguestfsEnv, runProgram } from "./program.ts";

export interface CorpusLine {
  /** File and line. */
  readonly place: string;
  readonly command: string;
  /** The line says that the command fails: it begins with "-". */
  readonly fails: boolean;
  /** Lines that it reads: keys. */
  readonly input: readonly string[];
}

/** One answer of the daemon: errno "" where there is none. */
export interface Reply {
  readonly action: string;
  readonly error?: { readonly errno: string; readonly message: string };
}

/** What a line did. */
export interface Observation {
  /** What guestfish printed, errors too. */
  readonly text: string;
  readonly replies: readonly Reply[];
}

const corpusFolder = fileURLToPath(new URL("../corpus", import.meta.url));
const tap = fileURLToPath(new URL("wire-tap.mjs", import.meta.url));
const MiB = 1024 ** 2;
const DISKS = { "sda.img": 256, "sdb.img": 320, "sdc.img": 256, "sdd.img": 24 };
const INPUT = "> ";
const MARK = "@@line ";

/** Every line of every script, in order. */
export function readCorpus(): CorpusLine[] {
  const files = readdirSync(corpusFolder).filter((name) => name.endsWith(".fish"));
  return files.toSorted().flatMap(linesOf);
}

function linesOf(name: string): CorpusLine[] {
  const found: { place: string; command: string; fails: boolean; input: string[] }[] = [];
  for (const [index, line] of readFileSync(join(corpusFolder, name), "utf8").split("\n").entries()) {
    if (line === "" || line.startsWith("#")) continue;
    if (line.startsWith(INPUT)) found.at(-1)?.input.push(line.slice(INPUT.length));
    else {
      const place = `${name}:${index + 1}`;
      found.push({ place, command: line.replace(/^-/, ""), fails: line.startsWith("-"), input: [] });
    }
  }
  return found;
}

/**
 * Runs all lines in one guestfish on fresh disks; none ends it.
 *
 * @param appliance directory for LIBGUESTFS_PATH
 * @param folder an empty one, for the disks and the files of the scripts
 * @returns one observation per line
 */
export async function runCorpus(
  lines: readonly CorpusLine[],
  appliance: string,
  folder: string,
): Promise<Observation[]> {
  for (const [name, size] of Object.entries(DISKS)) {
    writeFileSync(join(folder, name), "");
    truncateSync(join(folder, name), size * MiB);
  }
  writeFileSync(join(folder, "garbage"), "no format at all ".repeat(1000));
  writeFileSync(join(folder, "hive"), sampleHive(), "latin1");
  // A ping marks where a line begins on the wire, as the echo does in what is printed. Keys are read from the script.
  const script = lines.map(({ command, input }, index) =>
    [`echo "${MARK}${index}"`, "ping-daemon", `-${command}`, ...input, ""].join("\n"),
  );
  writeFileSync(join(folder, "script"), `run\n${script.join("")}`);
  const record = join(folder, "wire");
  const disks = Object.keys(DISKS).flatMap((name) => ["-a", name]);

  const { status, stdout } = await runProgram(
    "sh",
    ["-c", 'exec stdbuf -o0 guestfish "$@" 2>&1', "sh", "--keys-from-stdin", "-f", "script", "--format=raw", ...disks],
    { cwd: folder, env: { ...libguestfsEnv(appliance), LIBGUESTFS_HV: tap, GILD_TEST_TAP: record } },
  );

  if (status !== 0) throw new Error(`guestfish: status ${status}: ${stdout.slice(-1000)}`);
  const texts = textsByLine(stdout);
  const replies = repliesByLine(readFileSync(record));
  return lines.map((_line, index) => ({ text: texts.get(index) ?? "", replies: replies[index] ?? [] }));
}

/** What was printed after each mark; what a command prints last may lack its newline. */
function textsByLine(output: string): Map<number, string> {
  const [, ...parts] = output.split(new RegExp(`${MARK}(\\d+)\n`));
  const texts = new Map<number, string>();
  for (let at = 0; at + 1 < parts.length; at += 2) texts.set(Number(parts[at]), parts[at + 1] ?? "");
  return texts;
}

/** What the daemon answered after each ping of the script. */
function repliesByLine(wire: Uint8Array): Reply[][] {
  const names = new Map(Object.entries(actions).map(([name, { proc }]) => [proc, name]));
  const lines: Reply[][] = [];
  for (const reply of repliesIn(wire, names)) {
    // guestfish's own calls at the start come before the first line.
    if (reply.action === "ping_daemon") lines.push([]);
    else lines.at(-1)?.push(reply);
  }
  return lines;
}

function* repliesIn(wire: Uint8Array, names: ReadonlyMap<number, string>): Generator<Reply> {
  const decoder = new FrameDecoder();
  decoder.push(wire);
  let inFile = false;
  for (let unit = decoder.next(); unit !== undefined; unit = decoder.next()) {
    if (unit.type !== "data") continue;
    if (inFile) {
      const { cancel, data } = decodeChunk(unit.bytes);
      inFile = !cancel && data.length > 0;
      continue;
    }
    const { header, body } = splitMessage(unit.bytes);
    const action = names.get(header.proc) ?? `procedure ${header.proc}`;
    if (header.status === 0) {
      inFile = isDownload(action);
      yield { action };
    } else {
      yield { action, error: decodeError(body) };
    }
  }
}

function isDownload(name: string): boolean {
  const table: Readonly<Record<string, (typeof actions)[keyof typeof actions]>> = actions;
  const action = table[name];
  return action !== undefined && streamArg(action)?.direction === "out";
}
