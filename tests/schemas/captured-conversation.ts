/**
 * Conversations between libguestfs's own programs and its own daemon (tests/fixtures/captures/, made by
 * ../shared/tools/qemu-tap.py), cut in units. Only the context tells a message from a file chunk, so each unit comes with its
 * kind.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import { actions, FrameDecoder, splitMessage, streamArg, type AnyAction, type Unit } from "../../schemas/index.ts";

export type Direction = "C>D" | "D>C";
export type Kind = "flag" | "progress" | "chunk" | "call" | "reply" | "error";

export interface CapturedUnit {
  readonly direction: Direction;
  readonly kind: Kind;
  readonly unit: Unit;
  /** Action of a call, a reply or an error; undefined when our table does not have it. */
  readonly action: AnyAction | undefined;
}

interface Line {
  readonly dir: Direction;
  readonly hex: string;
}

export const CAPTURES: readonly string[] = ["session1", "tool-cancel", "tool-test-tool", "tool-virt-df"];

/** The bytes of a capture, in the pieces that were seen. */
export function capturedBytes(name: string): readonly (readonly [Direction, Uint8Array])[] {
  const packed = readFileSync(new URL(`../fixtures/captures/${name}.jsonl.gz`, import.meta.url));
  const lines = gunzipSync(packed).toString("utf8").trimEnd().split("\n");
  return lines.map((line) => {
    // One object of this shape a line, as qemu-tap.py writes them.
    const { dir, hex } = JSON.parse(line) as Line;
    return [dir, Buffer.from(hex, "hex")] as const;
  });
}

/** All units of a capture in the order of their last bytes. */
export function capturedUnits(name: string): CapturedUnit[] {
  const decoders = { "C>D": new FrameDecoder(), "D>C": new FrameDecoder() };
  const context = new Context();
  const units: CapturedUnit[] = [];
  for (const [direction, bytes] of capturedBytes(name)) {
    const decoder = decoders[direction];
    decoder.push(bytes);
    for (let unit = decoder.next(); unit !== undefined; unit = decoder.next())
      units.push(context.classify(direction, unit));
  }
  return units;
}

const ACTION_OF_PROC: ReadonlyMap<number, AnyAction> = new Map(
  Object.values<AnyAction>(actions).map((action) => [action.proc, action]),
);
/** Procedures with a file that the captures have and our table may not. */
const FILE_IN_PROCS: readonly number[] = [66, 69];
const FILE_OUT_PROCS: readonly number[] = [67, 70, 196, 347];

/** Which side is sending a file. */
class Context {
  readonly #sending = { "C>D": false, "D>C": false };

  classify(direction: Direction, unit: Unit): CapturedUnit {
    if (unit.type !== "data") {
      return { direction, unit, action: undefined, kind: unit.type === "progress" ? "progress" : "flag" };
    }
    if (this.#sending[direction]) {
      const view = new DataView(unit.bytes.buffer, unit.bytes.byteOffset);
      const last = view.getInt32(0) === 1 || view.getUint32(4) === 0;
      if (last) this.#sending[direction] = false;
      return { direction, unit, action: undefined, kind: "chunk" };
    }
    const { header } = splitMessage(unit.bytes);
    const action = ACTION_OF_PROC.get(header.proc);
    if (direction === "C>D") {
      this.#sending["C>D"] = FILE_IN_PROCS.includes(header.proc) || hasFile(action, "in");
      return { direction, unit, action, kind: "call" };
    }
    if (header.status === 1) return { direction, unit, action, kind: "error" };
    this.#sending["D>C"] = FILE_OUT_PROCS.includes(header.proc) || hasFile(action, "out");
    return { direction, unit, action, kind: "reply" };
  }
}

function hasFile(action: AnyAction | undefined, direction: "in" | "out"): boolean {
  return action !== undefined && streamArg(action)?.direction === direction;
}

/** The unit's bytes of a message or chunk. */
export function dataOf({ unit }: CapturedUnit): Uint8Array {
  if (unit.type !== "data") throw new Error("no message");
  return unit.bytes;
}
