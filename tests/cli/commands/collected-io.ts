/** The command's streams in memory, for tests that call a command as main.ts does. */
import { Readable } from "node:stream";

import { Command } from "commander";

import type { Io } from "../../../cli/io.ts";

export interface CollectedIo extends Io {
  readonly said: { out: string; err: string; code: number };
}

export function collectedIo(env: Io["env"] = {}): CollectedIo {
  const said = { out: "", err: "", code: 0 };
  return {
    said,
    env,
    stdin: Readable.from([]),
    terminal: false,
    colour: false,
    signal: new AbortController().signal,
    out: (text) => (said.out += text),
    err: (text) => (said.err += text),
    exit: (code) => (said.code = code),
  };
}

/** Runs `gild ARGS` with one command. @throws what the command throws */
export async function runCommand(
  add: (program: Command, io: Io) => void,
  args: readonly string[],
  env: Io["env"] = {},
): Promise<CollectedIo["said"]> {
  const io = collectedIo(env);
  const program = new Command("gild").exitOverride();
  add(program, io);
  for (const command of program.commands) command.exitOverride();
  await program.parseAsync([...args], { from: "user" });
  return io.said;
}
