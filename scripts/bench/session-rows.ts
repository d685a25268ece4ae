/** Rows on blank disks: launch, a small session, calls, and bulk data. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import type * as engine from "../../engine/index.ts";
import { gild, ownEnv, root, work } from "./places.ts";
import { randomFile } from "./random-file.ts";
import type { Program, Row } from "./row.ts";
import { must } from "./run.ts";

const MiB = 1024 * 1024;
const disk = join(work, "disk.raw");
const FILESYSTEM = "part-disk /dev/sda gpt\nmkfs ext4 /dev/sda1\nmount /dev/sda1 /\n";
const SMALL = `${FILESYSTEM}write /hello world\ncat /hello\n`;
const PINGS = 1000;

/** @param smoke what takes long is left out, and of bulk data the peer, which has taken most of its time to launch */
export function sessionRows(smoke: boolean): Row[] {
  const launches: Row[] = [
    {
      name: "launch to READY with one disk, in the engine",
      prepare: blankDisk,
      gild: launchInEngine,
      peer: [fish("run\n")],
      goal: { ratio: 50, seconds: 0.15 },
      quick: true,
    },
    {
      name: "launch to READY with one disk",
      prepare: blankDisk,
      gild: [shell("ping-daemon\n")],
      peer: [fish("run\n")],
      goal: { ratio: 25, seconds: 0.35 },
    },
    {
      name: "partition, mkfs ext4, mount, write, cat",
      prepare: blankDisk,
      gild: [shell(SMALL)],
      peer: [fish(`run\n${SMALL}`)],
      goal: { ratio: 7, seconds: 1.2 },
    },
    wrapperRow(),
  ];
  if (smoke) return [...launches, ...dataRows(300, 20, ownSide)];
  return [...launches, ...dataRows(3000, 200, bothSides), ...longRows()];
}

function dataRows(files: number, megabytes: number, sides: (commands: string) => Pick<Row, "gild" | "peer">): Row[] {
  return [
    {
      name: `${files} files of 4 KiB (tar-in)`,
      prepare: blankDisk,
      ...sides(`${FILESYSTEM}tar-in ${archive(files, 4096)} /\n`),
      goal: { ratio: 3.5, seconds: 3 },
    },
    {
      name: `upload ${megabytes} MB, sha256 in the guest`,
      prepare: blankDisk,
      ...sides(`${FILESYSTEM}upload ${randomFile(megabytes)} /big\nchecksum sha256 /big\n`),
      goal: { ratio: 2.2, seconds: 8 },
    },
    {
      name: `${PINGS} trivial calls in one session`,
      prepare: blankDisk,
      ...sides("ping-daemon\n".repeat(PINGS)),
    },
  ];
}

function longRows(): Row[] {
  return [
    {
      name: "10,000 files of 1 KiB (tar-in)",
      prepare: blankDisk,
      ...bothSides(`${FILESYSTEM}tar-in ${archive(10_000, 1024)} /\n`),
    },
    {
      name: "upload 1 GiB",
      prepare: blankDisk,
      ...bothSides(`${FILESYSTEM}upload ${randomFile(1024)} /big\n`),
    },
  ];
}

/** The same commands for gild's shell and for guestfish. */
function bothSides(commands: string): Pick<Row, "gild" | "peer"> {
  return { ...ownSide(commands), peer: [fish(`run\n${commands}`)] };
}

function ownSide(commands: string): Pick<Row, "gild"> {
  return { gild: [shell(commands)] };
}

/** The peer's own program, with gild as its hypervisor. */
function wrapperRow(): Row {
  const hv = must([...gild, "hv", "--path"]).trim();
  return {
    name: "guestfish through `gild hv`, one disk",
    prepare: blankDisk,
    gild: [{ ...fish("run\n"), env: { ...ownEnv, LIBGUESTFS_HV: hv } }],
    peer: [fish("run\n")],
    goal: { ratio: 10 },
  };
}

async function launchInEngine(): Promise<number> {
  // The bundle that users get, whose types are those of the sources.
  const { Handle } = (await import(pathToFileURL(join(root, "dist", "engine.js")).href)) as typeof engine;
  const handle = new Handle({ env: { ...process.env, ...ownEnv } });
  handle.add_drive({ filename: disk, format: "raw" });
  const begin = performance.now();
  await handle.launch();
  const seconds = (performance.now() - begin) / 1000;
  await handle.shutdown();
  return seconds;
}

function shell(stdin: string): Program {
  return { argv: [...gild, "shell", "--rw", "--format", "raw", "-a", disk], stdin };
}

function fish(stdin: string): Program {
  return { argv: ["guestfish", "--format=raw", "-a", disk], stdin };
}

function blankDisk(): void {
  rmSync(disk, { force: true });
  writeFileSync(disk, "");
  truncateSync(disk, 3 * 1024 * MiB);
}

/** A tar file of so many files of so many random bytes; made once. */
function archive(count: number, bytes: number): string {
  const file = join(work, `${count}x${bytes}.tar`);
  if (existsSync(file)) return file;
  const folder = join(work, `${count}x${bytes}`);
  mkdirSync(folder, { recursive: true });
  for (let index = 0; index < count; index += 1) writeFileSync(join(folder, `file${index}`), randomBytes(bytes));
  must(["tar", "-C", folder, "-cf", file, "."]);
  rmSync(folder, { recursive: true });
  return file;
}
