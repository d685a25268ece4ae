/**
 * QMP, qemu's control protocol, over a connected stream: commands in order, and waiting for events. qemu has been in contact with
 * the guest, so what it says is bounded and checked. Starts nothing and knows no particular command.
 */
import type { Socket } from "node:net";

import { LaunchError } from "./errors.ts";
import { members } from "./members.ts";

type Json = Readonly<Record<string, unknown>>;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Longest line that is read, characters. */
const LINE_MAX = 1024 * 1024;

export class Qmp {
  readonly #socket: Socket;
  readonly #calls: (Waiting & { readonly command: string })[] = [];
  readonly #events: (Waiting & { readonly matches: (name: string, data: Json) => boolean })[] = [];
  #text = "";
  #ended: Error | undefined;

  /** Takes over the socket. Its errors are those of the calls that wait. */
  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => this.#add(text));
    // The close that follows ends what waits.
    socket.on("error", () => undefined);
    socket.on("close", () => this.#end("qmp: qemu has ended"));
  }

  /** Sends a command at once; resolves with its `return`. @throws LaunchError launch-failed with qemu's words */
  execute(command: string, args?: Json): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#ended);
        return;
      }
      this.#calls.push({ command, resolve, reject });
      this.#socket.write(
        `${JSON.stringify(args === undefined ? { execute: command } : { execute: command, arguments: args })}\n`,
      );
    });
  }

  /** Waits for the next event for which `matches` is true; resolves with its data. @throws LaunchError launch-failed at the end of qemu */
  event(matches: (name: string, data: Json) => boolean): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#ended === undefined) this.#events.push({ matches, resolve, reject });
      else reject(this.#ended);
    });
  }

  /** Closes the connection: what waits fails. */
  close(): void {
    this.#socket.destroy();
    this.#end("qmp: closed");
  }

  #add(text: string): void {
    this.#text += text;
    const lines = this.#text.split("\n");
    this.#text = lines.pop() ?? "";
    if (this.#text.length > LINE_MAX) this.#broken("a line without end");
    for (const line of lines) if (line.trim() !== "") this.#take(line);
  }

  #take(line: string): void {
    const message = parse(line);
    if (message === undefined) this.#broken("not JSON");
    else if (typeof message["event"] === "string") this.#tell(message["event"], members(message["data"]));
    else if ("return" in message) this.#calls.shift()?.resolve(message["return"]);
    else if ("error" in message) {
      const call = this.#calls.shift();
      const { desc } = members(message["error"]);
      call?.reject(new LaunchError("launch-failed", `qmp: ${call.command}: ${String(desc)}`));
    }
    // Anything else is the greeting.
  }

  #tell(name: string, data: Json): void {
    const index = this.#events.findIndex(({ matches }) => matches(name, data));
    if (index !== -1) this.#events.splice(index, 1)[0]?.resolve(data);
  }

  #broken(what: string): void {
    this.#socket.destroy();
    this.#end(`qmp: ${what}`);
  }

  #end(reason: string): void {
    this.#ended ??= new LaunchError("launch-failed", reason);
    for (const { reject } of [...this.#calls.splice(0), ...this.#events.splice(0)]) reject(this.#ended);
  }
}

function parse(line: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return members(value);
  } catch {
    return undefined;
  }
}
