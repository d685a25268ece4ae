/** Arguments and results: against captured conversations, any values, and any bytes. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  actions,
  callHeader,
  decodeArgs,
  decodeError,
  decodeResult,
  encodeArgs,
  encodeError,
  encodeHeader,
  encodeResult,
  ProtocolError,
  replyHeader,
  splitMessage,
  streamArg,
  structs,
  textFromBytes,
  type AnyAction,
  type Field,
} from "../../schemas/index.ts";
import { CAPTURES, capturedUnits, dataOf, type CapturedUnit } from "./captured-conversation.ts";

const SEED = 20_261_121;
const known = CAPTURES.flatMap((name) => capturedUnits(name)).filter(
  ({ kind, action }) => action !== undefined && ["call", "reply", "error"].includes(kind),
);

describe("captured messages", () => {
  it("are enough to mean something", () => {
    const names = new Set(known.map(({ action }) => action?.proc));

    expect(names.size).toBeGreaterThan(30);
    expect(known.length).toBeGreaterThan(150);
  });

  it("decode, and encode to the same bytes", () => {
    for (const message of known) expect(hex(encodedAgain(message))).toBe(hex(dataOf(message)));
  });

  it("fail with a ProtocolError wherever they are cut, but for optional arguments", () => {
    for (const message of known) {
      const { header, body } = splitMessage(dataOf(message));
      for (let size = 0; size < Math.min(body.length, 600); size += 1) {
        expect(strangeError(() => decodeBody(message, header.optargs_bitmask, body.subarray(0, size)))).toBeUndefined();
      }
    }
  });

  it("fail with a ProtocolError when a reply goes on after its end", () => {
    for (const message of known.filter(({ kind }) => kind === "reply")) {
      const longer = Buffer.concat([splitMessage(dataOf(message)).body, Buffer.alloc(4)]);

      expect(() => decodeBody(message, 0n, longer)).toThrow(ProtocolError);
    }
  });

  it("give a value or a ProtocolError when bytes are changed", () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    const property = fc.property(fc.nat(known.length - 1), changes, (index, spots) => {
      const message = known[index];
      if (message === undefined) return;
      const bytes = Buffer.from(dataOf(message));
      for (const [at, value] of spots) bytes[at % bytes.length] = value;
      const strange = strangeError(() => {
        const { header, body } = splitMessage(bytes);
        decodeBody(message, header.optargs_bitmask, body);
      });

      expect(strange).toBeUndefined();
    });

    fc.assert(property, { seed: SEED, numRuns: 4000 });
  });
});

describe("length bombs", () => {
  const bomb = Buffer.from("ffffffff", "hex");
  const listMax = Buffer.from("00100000", "hex");

  it.each(["list_devices", "lvs_full", "mountpoints", "getxattr", "readlink"])(
    "are refused in the result of %s",
    (name) => {
      const action = actionNamed(name);

      for (const bytes of [bomb, listMax]) expect(() => decodeResult(action, bytes)).toThrow(ProtocolError);
    },
  );

  it.each(["internal_write", "internal_lstatnslist", "mkdir"])("are refused in the arguments of %s", (name) => {
    for (const bytes of [bomb, listMax]) expect(() => decodeArgs(actionNamed(name), bytes, 0n)).toThrow(ProtocolError);
  });
});

describe("optional arguments", () => {
  const mkfs = actionNamed("mkfs");
  const required = { fstype: "ext4", device: "/dev/sda1" };

  it("set one bit each, in their order", () => {
    const names = Object.keys(mkfs.optargs);
    const { optargsBitmask } = encodeArgs(mkfs, { ...required, label: "x" });

    expect(optargsBitmask).toBe(1n << BigInt(names.indexOf("label")));
  });

  it("missing at the end count as not given", () => {
    const older = encodeArgs({ ...mkfs, optargs: {} }, required).bytes;

    expect(decodeArgs(mkfs, older, 0n)).toEqual(required);
  });

  it("that are unknown are refused", () => {
    const { bytes } = encodeArgs(mkfs, required);

    expect(() => decodeArgs(mkfs, bytes, 1n << 40n)).toThrow(ProtocolError);
  });

  it("behind the last known one are ignored when not given", () => {
    const newer = Buffer.concat([encodeArgs(mkfs, required).bytes, Buffer.alloc(8)]);

    expect(decodeArgs(mkfs, newer, 0n)).toEqual(required);
  });
});

describe("any values", () => {
  const table = Object.entries<AnyAction>(actions);

  it.each(table)("of %s come back as they went", (_name, action) => {
    const property = fc.property(argumentsOf(action), (args) => {
      const { bytes, optargsBitmask } = encodeArgs(action, args);

      expect(decodeArgs(action, bytes, optargsBitmask)).toEqual(args);
      expect(bytes.length % 4).toBe(0);
    });

    fc.assert(property, { seed: SEED, numRuns: 20 });
  });

  it.each(table)("that %s gives come back as they went", (_name, action) => {
    const { ret } = action;
    const property = fc.property("xdr" in ret ? valueOf(ret) : fc.constant(undefined), (value) => {
      expect(decodeResult(action, encodeResult(action, value))).toEqual(value);
    });

    fc.assert(property, { seed: SEED, numRuns: 10 });
  });
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function actionNamed(name: string): AnyAction {
  const action = Object.entries<AnyAction>(actions).find(([known]) => known === name)?.[1];
  if (action === undefined) throw new Error(`no action ${name}`);
  return action;
}

function decodeBody({ kind, action }: CapturedUnit, optargs: bigint, body: Uint8Array): unknown {
  if (action === undefined) throw new Error("no action");
  if (kind === "call") return decodeArgs(action, body, optargs);
  return kind === "error" ? decodeError(body) : decodeResult(action, body);
}

/** Optional arguments that came after 1.48, which the captured programs are of. */
const NEWER_OPTARGS: Readonly<Record<string, string>> = {
  e2fsck: "forceno",
  tar_in: "keepdirlink",
  cryptsetup_open: "cipher",
};

function asIn148(action: AnyAction): AnyAction {
  const name = Object.entries<AnyAction>(actions).find(([, known]) => known === action)?.[0] ?? "";
  const optargs = Object.entries(action.optargs).filter(([optarg]) => optarg !== NEWER_OPTARGS[name]);
  return { ...action, optargs: Object.fromEntries(optargs) };
}

function encodedAgain(message: CapturedUnit): Uint8Array {
  const { action, kind } = message;
  if (action === undefined) throw new Error("no action");
  const { header, body } = splitMessage(dataOf(message));
  const { proc, serial, progress_hint } = header;
  if (kind === "call") {
    const args = decodeArgs(action, body, header.optargs_bitmask);
    const { bytes, optargsBitmask } = encodeArgs(asIn148(action), args);
    const again = callHeader({ proc, serial, progress_hint, optargs_bitmask: optargsBitmask });
    return Buffer.concat([encodeHeader(again), bytes]);
  }
  if (kind === "error") {
    return Buffer.concat([encodeHeader(replyHeader({ proc, serial, status: 1 })), encodeError(decodeError(body))]);
  }
  return Buffer.concat([encodeHeader(replyHeader({ proc, serial })), encodeResult(action, decodeResult(action, body))]);
}

/** What was thrown, if it is no ProtocolError. */
function strangeError(body: () => unknown): unknown {
  try {
    body();
    return undefined;
  } catch (error) {
    return error instanceof ProtocolError ? undefined : error;
  }
}

function argumentsOf(action: AnyAction): fc.Arbitrary<Record<string, unknown>> {
  const stream = streamArg(action)?.name;
  const required = Object.entries(action.args).filter(([name]) => name !== stream);
  const fields = [...required, ...Object.entries(action.optargs)];
  const values = Object.fromEntries(fields.map(([name, field]) => [name, "xdr" in field ? valueOf(field) : fc.nat()]));
  return fc.record(values, { requiredKeys: required.map(([name]) => name), noNullPrototype: true });
}

const text = fc.uint8Array({ maxLength: 20 }).map((bytes) => textFromBytes(bytes));
const BITS = 64;

/** Any value of a field. */
function valueOf(field: Field<unknown>): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case "int":
    case "mode":
    case "int32":
    case "char":
      return fc.integer({ min: -0x80000000, max: 0x7fffffff });
    case "uint32":
      return fc.integer({ min: 0, max: 0xffffffff });
    case "int64":
    case "bytes":
      return fc.bigInt({ min: -(1n << BigInt(BITS - 1)), max: (1n << BigInt(BITS - 1)) - 1n });
    case "uint64":
      return fc.bigInt({ min: 0n, max: (1n << BigInt(BITS)) - 1n });
    case "bool":
      return fc.boolean();
    case "buffer":
      return fc.uint8Array({ maxLength: 40 });
    case "uuid":
      return fc.string({ minLength: 32, maxLength: 32 }).map((value) => value.replaceAll(/[^\x20-\x7e]/g, "x"));
    case "opt_percent":
      return fc.float({ noNaN: true });
    case "opt_string":
      return fc.option(text);
    case "string_list":
      return field.upstream.type === "RHashtable" ? fc.array(fc.tuple(text, text)) : fc.array(text);
    case "struct":
      return structOf(field.upstream.of ?? "");
    case "struct_list":
      return fc.array(structOf(field.upstream.of ?? ""), { maxLength: 3 });
    default:
      return text;
  }
}

function structOf(name: string): fc.Arbitrary<unknown> {
  const struct = Object.entries(structs).find(([known]) => known === name)?.[1];
  if (struct === undefined) throw new Error(`no struct ${name}`);
  const members = Object.entries(struct.members).map(([member, field]) => [member, valueOf(field)] as const);
  return fc.record(Object.fromEntries(members), { noNullPrototype: true });
}
