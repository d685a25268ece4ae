/**
 * The `.x` text of the protocol (XDR language, RFC 4506 §6), derived from the action table: for readers and for other
 * languages' generators. Pure text; nothing reads it back.
 */
import type { AnyAction } from "./action.ts";
import { wireArgs } from "./codec.ts";
import {
  GUESTFS_CANCEL_FLAG,
  GUESTFS_ERRNO_LEN,
  GUESTFS_ERROR_LEN,
  GUESTFS_LAUNCH_FLAG,
  GUESTFS_MAX_CHUNK_SIZE,
  GUESTFS_MESSAGE_MAX,
  GUESTFS_PROGRAM,
  GUESTFS_PROGRESS_FLAG,
  GUESTFS_PROTOCOL_VERSION,
} from "./protocol/constants.ts";
import { structs } from "./structs.ts";

type Table = Readonly<Record<string, AnyAction>>;

/** The whole `guestfs_protocol.x`, actions in order of their numbers. */
export function protocolText(table: Table): string {
  const byNumber = Object.entries(table).toSorted(([, a], [, b]) => a.proc - b.proc);
  return (
    [
      "/* Made by `npm run generate` from the action table in schemas/actions. */",
      "typedef string guestfs_str<>;",
      ...Object.values(structs).map((struct) =>
        block(
          `guestfs_int_${struct.structName}`,
          Object.entries(struct.members).map(([name, member]) => member.declare(name)),
        ),
      ),
      ...byNumber.flatMap(([name, action]) => actionText(name, action)),
      `enum guestfs_procedure {\n${byNumber.map(([name, { proc }]) => `  GUESTFS_PROC_${name.toUpperCase()} = ${proc}`).join(",\n")}\n};`,
      FIXED,
    ].join("\n\n") + "\n"
  );
}

/** One line an action, `number name`, in order of the numbers: names and numbers may be added, never changed. */
export function procsLock(table: Table): string {
  const lines = Object.entries(table).map(([name, { proc }]) => [proc, name] as const);
  return lines
    .toSorted(([a], [b]) => a - b)
    .map(([proc, name]) => `${proc} ${name}\n`)
    .join("");
}

function actionText(name: string, action: AnyAction): string[] {
  const blocks: string[] = [];
  const fields = [...wireArgs(action), ...Object.entries(action.optargs)];
  if (fields.length > 0)
    blocks.push(
      block(
        `guestfs_${name}_args`,
        fields.map(([arg, field]) => field.declare(arg)),
      ),
    );
  if ("declare" in action.ret) blocks.push(block(`guestfs_${name}_ret`, [action.ret.declare(action.ret.doc)]));
  return blocks;
}

function block(name: string, declarations: readonly string[]): string {
  return `struct ${name} {\n${declarations.map((text) => `  ${text};\n`).join("")}};`;
}

const hex = (value: number): string => `0x${value.toString(16)}`;

const FIXED = `const GUESTFS_PROGRAM = ${hex(GUESTFS_PROGRAM)};
const GUESTFS_PROTOCOL_VERSION = ${GUESTFS_PROTOCOL_VERSION};
const GUESTFS_MESSAGE_MAX = ${GUESTFS_MESSAGE_MAX};
const GUESTFS_MAX_CHUNK_SIZE = ${GUESTFS_MAX_CHUNK_SIZE};
const GUESTFS_LAUNCH_FLAG = ${hex(GUESTFS_LAUNCH_FLAG)};
const GUESTFS_CANCEL_FLAG = ${hex(GUESTFS_CANCEL_FLAG)};
const GUESTFS_PROGRESS_FLAG = ${hex(GUESTFS_PROGRESS_FLAG)};

struct guestfs_message_header {
  unsigned int prog;
  unsigned int vers;
  guestfs_procedure proc;
  int direction;
  unsigned int serial;
  uint64_t progress_hint;
  uint64_t optargs_bitmask;
  int status;
};

struct guestfs_message_error {
  string errno_string<${GUESTFS_ERRNO_LEN}>;
  string error_message<${GUESTFS_ERROR_LEN}>;
};

struct guestfs_chunk {
  int cancel;
  opaque data<${GUESTFS_MAX_CHUNK_SIZE}>;
};

struct guestfs_progress {
  guestfs_procedure proc;
  unsigned int serial;
  uint64_t position;
  uint64_t total;
};`;
