/** A channel in memory: calls are pushed in whole, and what the daemon says is taken out. For tests and rehearsals. */
import { FrameDecoder, type Unit } from "../schemas/index.ts";
import { ChannelClosedError, type Channel } from "./channel.ts";

export class MemoryChannel implements Channel {
  readonly units: Unit[] = [];
  readonly #decoder = new FrameDecoder();
  #output: Uint8Array[] = [];

  push(bytes: Uint8Array): void {
    this.#decoder.push(bytes.slice());
    for (let unit = this.#decoder.next(); unit !== undefined; unit = this.#decoder.next()) this.units.push(unit);
  }

  takeOutput(): Uint8Array {
    const output = Buffer.concat(this.#output);
    this.#output = [];
    return output;
  }

  next(): Unit {
    const unit = this.units.shift();
    if (unit === undefined) throw new ChannelClosedError("memory channel: call is not complete");
    return unit;
  }

  takeCancel(): boolean {
    if (this.units[0]?.type !== "cancel") return false;
    this.units.shift();
    return true;
  }

  write(bytes: Uint8Array): void {
    this.#output.push(bytes);
  }
}
