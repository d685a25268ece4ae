/**
 * Daemon side of schemas/actions/hivex.ts. The one handle is kept under "hivex". Files are opened in the guest, and reach
 * libhivex as descriptors: it would open a path again with the appliance as root.
 */
import { closeSync, constants, fstatSync, openSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context, Kept, Sysroot } from "../context.ts";
import { about, ActionError, failure } from "../errors.ts";
import { openFile } from "../file-reader.ts";
import { fsPath } from "../file-name.ts";
import {
  HIVEX_OPEN_DEBUG,
  HIVEX_OPEN_UNSAFE,
  HIVEX_OPEN_VERBOSE,
  HIVEX_OPEN_WRITE,
  loadHivex,
  type Hive,
  type HivexLibrary,
} from "../native/hivex.ts";

const KEPT = "hivex";
const TYPE_MAX = 0xffff_ffffn;
const { O_CREAT, O_NOCTTY, O_NONBLOCK, O_WRONLY } = constants;

class HivexHandle implements Kept {
  readonly ofGuest = true;
  readonly lib: HivexLibrary = loadHivex();
  readonly h: Hive;
  readonly filename: string;
  readonly #flags: number;
  readonly #sysroot: Sysroot;

  constructor(sysroot: Sysroot, filename: string, flags: number) {
    this.#sysroot = sysroot;
    this.filename = filename;
    this.#flags = flags;
    const fd = openFile(sysroot, filename);
    try {
      this.h = this.lib.hivex_open(`/proc/self/fd/${fd}`, flags);
    } finally {
      closeSync(fd);
    }
  }

  /** Writes the hive to a file of the guest, which is made if missing. */
  commit(path: string): void {
    // libhivex would say so only after the file has been made.
    if ((this.#flags & HIVEX_OPEN_WRITE) === 0) throw failure(path, "EROFS");
    const fd = this.#sysroot.inside(() => openSync(fsPath(path), O_WRONLY | O_CREAT | O_NOCTTY | O_NONBLOCK, 0o666));
    try {
      if (!fstatSync(fd).isFile()) throw new ActionError(`${path}: not a regular file`, "EINVAL");
      this.lib.hivex_commit(this.h, `/proc/self/fd/${fd}`);
    } finally {
      closeSync(fd);
    }
  }

  close(): void {
    this.lib.hivex_close(this.h);
  }
}

export const hivex = {
  hivex_open({ filename, verbose, debug, write, unsafe }, { sysroot, kept }) {
    close(kept);
    const flags =
      (verbose === true ? HIVEX_OPEN_VERBOSE : 0) |
      (debug === true ? HIVEX_OPEN_DEBUG : 0) |
      (write === true ? HIVEX_OPEN_WRITE : 0) |
      (unsafe === true ? HIVEX_OPEN_UNSAFE : 0);
    kept.set(
      KEPT,
      about(filename, () => new HivexHandle(sysroot, filename, flags)),
    );
  },

  hivex_close(_args, context) {
    current(context);
    close(context.kept);
  },

  hivex_root: (_args, context) => asked(context, "", ({ lib, h }) => lib.hivex_root(h)),
  hivex_node_name: ({ nodeh }, context) => asked(context, nodeh, ({ lib, h }) => lib.hivex_node_name(h, nodeh)),

  hivex_node_children: ({ nodeh }, context) =>
    asked(context, nodeh, ({ lib, h }) => lib.hivex_node_children(h, nodeh)).map((found) => ({
      hivex_node_h: signed(found),
    })),

  hivex_node_get_child: ({ nodeh, name }, context) =>
    asked(context, name, ({ lib, h }) => lib.hivex_node_get_child(h, nodeh, name)),

  hivex_node_parent: ({ nodeh }, context) => asked(context, nodeh, ({ lib, h }) => lib.hivex_node_parent(h, nodeh)),

  hivex_node_values: ({ nodeh }, context) =>
    asked(context, nodeh, ({ lib, h }) => lib.hivex_node_values(h, nodeh)).map((found) => ({
      hivex_value_h: signed(found),
    })),

  hivex_node_get_value: ({ nodeh, key }, context) =>
    asked(context, key, ({ lib, h }) => lib.hivex_node_get_value(h, nodeh, key)),

  hivex_value_key: ({ valueh }, context) => asked(context, valueh, ({ lib, h }) => lib.hivex_value_key(h, valueh)),

  hivex_value_type: ({ valueh }, context) =>
    BigInt(asked(context, valueh, ({ lib, h }) => lib.hivex_value_type(h, valueh))),

  hivex_value_value: ({ valueh }, context) => asked(context, valueh, ({ lib, h }) => lib.hivex_value_value(h, valueh)),

  hivex_value_utf8: ({ valueh }, context) => stringOf(context, valueh),
  hivex_value_string: ({ valueh }, context) => stringOf(context, valueh),

  hivex_commit({ filename }, context) {
    const handle = current(context);
    const path = filename ?? handle.filename;
    if (!path.startsWith("/")) throw new ActionError(`${path}: path must start with a / character`, "EINVAL");
    context.sysroot.requireMounted();
    about(path, () => handle.commit(path));
  },

  hivex_node_add_child: ({ parent, name }, context) =>
    asked(context, name, ({ lib, h }) => lib.hivex_node_add_child(h, parent, name)),

  hivex_node_delete_child({ nodeh }, context) {
    asked(context, nodeh, ({ lib, h }) => lib.hivex_node_delete_child(h, nodeh));
  },

  hivex_node_set_value({ nodeh, key, t, val }, context) {
    if (t < 0n || t > TYPE_MAX) throw new ActionError(`t: ${t} is not a type of 32 bits`, "EINVAL");
    asked(context, key, ({ lib, h }) => lib.hivex_node_set_value(h, nodeh, { key, t: Number(t), value: val }));
  },
} satisfies HandlersOf<typeof families.hivex, Context>;

function current({ kept }: Context): HivexHandle {
  const handle = kept.get(KEPT);
  if (handle instanceof HivexHandle) return handle;
  throw new ActionError("you must call 'hivex-open' first to initialize the hivex handle");
}

function close(kept: Context["kept"]): void {
  kept.get(KEPT)?.close();
  kept.delete(KEPT);
}

/** One question to the hive, about a node, a value or a name. */
function asked<T>(context: Context, operand: bigint | string, ask: (handle: HivexHandle) => T): T {
  const handle = current(context);
  return about(String(operand), () => ask(handle));
}

const stringOf = (context: Context, valueh: bigint): string =>
  asked(context, valueh, ({ lib, h }) => lib.hivex_value_string(h, valueh));

const signed = (handle: bigint): bigint => BigInt.asIntN(64, handle);
