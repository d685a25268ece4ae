/** The `gild` command: streams and signals of the process, the commands, and how errors end it. */
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

import { Command, CommanderError } from "commander";

import { LaunchError, RunError } from "../engine/index.ts";
import { addAppliance } from "./commands/appliance.ts";
import { addApply } from "./commands/apply.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addHv } from "./commands/hv.ts";
import { addInspect } from "./commands/inspect.ts";
import { addPlan } from "./commands/plan.ts";
import { addRecover } from "./commands/recover.ts";
import { addSchema } from "./commands/schema.ts";
import { addShow } from "./commands/show.ts";
import { addShell } from "./commands/shell.ts";
import { addValidate } from "./commands/validate.ts";
import { CommandError, EXIT, type Io } from "./io.ts";
import { packageInfo } from "../engine/index.ts";
import { printable } from "./render/style.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const CONSOLE_LINES_SHOWN = 10;

async function main(): Promise<void> {
  const abort = new AbortController();
  for (const signal of SIGNALS) {
    process.once(signal, () => {
      abort.abort(new CommandError(`ended by ${signal}`));
    });
  }
  // `gild ... | head` closes our output: not an error worth a stack.
  process.stdout.on("error", () => {
    abort.abort(new CommandError("standard output was closed"));
  });
  const io = processIo(abort.signal);
  try {
    await createProgram(io).parseAsync();
  } catch (error) {
    io.exit(report(error, io));
  }
}

function createProgram(given: Io): Command {
  const program = new Command("gild");
  const io: Io = {
    ...given,
    get verbose() {
      return program.opts()["verbose"] === true;
    },
  };
  program
    .description("Makes and changes VM disk images from YAML recipes; shows what would change first.")
    .version(packageInfo().version)
    .option("-v, --verbose", "say how the appliance is started")
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => {
        io.out(text);
      },
      writeErr: (text) => {
        io.err(text);
      },
    });
  addValidate(program, io);
  addPlan(program, io);
  addApply(program, io);
  addShow(program, io);
  addRecover(program, io);
  addInspect(program, io);
  addShell(program, io);
  addAppliance(program, io);
  addHv(program, io);
  addDoctor(program, io);
  addSchema(program, io);
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
  return program;
}

/** Prints an error; gives the exit code. Unexpected errors (our bugs) show their stack. */
function report(error: unknown, io: Io): number {
  if (error instanceof CommanderError) return error.exitCode; // printed by commander
  if (error instanceof CommandError) {
    if (error.message !== "") io.err(`${error.message}\n`);
    return error.exitCode;
  }
  if (!(error instanceof Error)) {
    io.err(`gild: ${String(error)}\n`);
    return EXIT.ERROR;
  }
  const bug = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  io.err(`gild: ${printable((bug ? error.stack : undefined) ?? error.message)}\n`);
  for (const line of consoleOf(error)) io.err(`  console: ${printable(line)}\n`);
  return error instanceof RunError && error.code === "plan-stale" ? EXIT.STALE_PLAN : EXIT.ERROR;
}

/** Last lines of the appliance's console, when it died. */
function consoleOf(error: unknown): readonly string[] {
  if (error instanceof LaunchError) return error.console.slice(-CONSOLE_LINES_SHOWN);
  return error instanceof Error && error.cause !== undefined ? consoleOf(error.cause) : [];
}

function processIo(signal: AbortSignal): Io {
  const interactive = process.stdin.isTTY && process.stderr.isTTY;
  return {
    env: process.env,
    stdin: process.stdin,
    terminal: process.stderr.isTTY,
    colour: process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "",
    signal,
    ...(interactive ? { prompt: ask } : {}),
    out: (text) => {
      process.stdout.write(text);
    },
    err: (text) => {
      process.stderr.write(text);
    },
    exit: (code) => {
      process.exitCode = code;
    },
  };
}

/** Asks on the terminal; a secret is typed without an echo. */
async function ask(question: string, secret: boolean): Promise<string> {
  const silent = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  process.stderr.write(`${question} `);
  const lines = createInterface({ input: process.stdin, output: secret ? silent : process.stderr, terminal: true });
  try {
    return await lines.question("");
  } finally {
    lines.close();
    if (secret) process.stderr.write("\n");
  }
}

void main();
