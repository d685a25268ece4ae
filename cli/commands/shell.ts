/** `gild shell`: any action by its name: from arguments, from a script on standard input, or at a prompt. */
import { createInterface } from "node:readline/promises";

import type { Command } from "commander";

import { chooseRoot, findRoots, mountGuest, readKeptRun, type GuestfsApi, type Handle } from "../../engine/index.ts";
import { CommandError, type Io } from "../io.ts";
import { launchSettings } from "../launch-settings.ts";
import { printable } from "../render/style.ts";
import { commandNames, runLine, runWords, type SessionOptions } from "../shell/session.ts";
import { recoveryReporter, withImages } from "./open-images.ts";
import { collect } from "./recipe-arguments.ts";

interface ShellOptions {
  readonly add?: readonly string[];
  readonly format?: string;
  readonly overlay?: string;
  readonly rw?: boolean;
  readonly inspector?: boolean;
  readonly root?: string;
  readonly network?: boolean;
  readonly json?: boolean;
}

export function addShell(program: Command, io: Io): void {
  program
    .command("shell")
    .argument("[words...]", "one command with its arguments; without it, lines from standard input")
    .description("run guestfs actions on images, as guestfish does")
    .option("-a, --add <image>", "disk image (repeatable, in order /dev/sda, /dev/sdb, ...)", collect)
    .option("--format <format>", "format of the images (raw, qcow2, vmdk, vdi, vhdx); default: looked at once")
    .option("--overlay <kept>", "what `--keep-on-failure` kept, in place of -a; --rw writes to it, not to the image")
    .option("--ro", "throw writes away (the default)")
    .option("--rw", "write to the images")
    .option("-i, --inspector", "find the operating system and mount it")
    .option("--root <device>", "with -i: the root filesystem, where there are several")
    .option("--network", "give the guest's programs a network")
    .option("--json", "print results as JSON, a line each")
    .action(async (words: readonly string[], options: ShellOptions) => {
      const { add: images = [], format, overlay } = options;
      if (overlay !== undefined && (images.length > 0 || format !== undefined)) {
        throw new CommandError("--overlay: without -a and --format");
      }
      const kept = overlay === undefined ? undefined : await readKeptRun(overlay);
      const settings = launchSettings(io, { network: options.network === true });
      const writable = options.rw === true;
      const onRecovered = recoveryReporter(io);
      await withImages(settings, { images, format, kept, writable, onRecovered }, async (handle: Handle) => {
        const { g } = handle;
        if (options.inspector === true) await mountInspected(g, options.root, writable, io);
        const session: SessionOptions = {
          g,
          json: options.json === true,
          out: (text) => {
            io.out(text);
          },
        };
        if (words.length > 0) await runWords(words, session);
        else if (io.stdin.isTTY === true) await interact(session, io);
        else await runScript(session, io);
      });
    });
}

async function mountInspected(g: GuestfsApi, root: string | undefined, writable: boolean, io: Io): Promise<void> {
  const chosen = chooseRoot(await findRoots(g), root);
  const { warnings } = await mountGuest(g, chosen, writable ? "rw" : "ro");
  for (const warning of warnings) io.err(`warning: ${printable(warning)}\n`);
}

/** Stops at the first failing line, as guestfish does, unless the line begins with `-`. */
async function runScript(session: SessionOptions, io: Io): Promise<void> {
  let number = 0;
  for await (const line of createInterface({ input: io.stdin, crlfDelay: Infinity })) {
    number += 1;
    const forgiving = line.startsWith("-");
    try {
      if (!(await runLine(forgiving ? line.slice(1) : line, session))) return;
    } catch (error) {
      const text = printable(error instanceof Error ? error.message : String(error));
      if (!forgiving) throw new CommandError(`line ${number}: ${text}`, 1, { cause: error });
      io.err(`line ${number}: ${text}\n`);
    }
  }
}

async function interact(session: SessionOptions, io: Io): Promise<void> {
  const lines = createInterface({
    input: io.stdin,
    output: process.stdout,
    prompt: "><fs> ",
    completer: (line: string): [string[], string] => [commandNames().filter((name) => name.startsWith(line)), line],
  });
  lines.prompt();
  for await (const line of lines) {
    try {
      if (!(await runLine(line, session))) break;
    } catch (error) {
      io.err(`${printable(error instanceof Error ? error.message : String(error))}\n`);
    }
    lines.prompt();
  }
  lines.close();
}
