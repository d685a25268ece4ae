/** Daemon side of schemas/actions/yara.ts. The one set of rules is kept under "yara". */
import { closeSync, writeSync } from "node:fs";

import { structs, type families, type HandlersOf } from "../../schemas/index.ts";
import type { Context, Kept } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { openFile } from "../file-reader.ts";
import { memfd_create } from "../native/libc.ts";
import { ERROR_INVALID_FILE, loadYara, YaraError, type YaraLibrary, type YaraRulesAddress } from "../native/yara.ts";

const KEPT = "yara";

class YaraRules implements Kept {
  readonly ofGuest = false;
  readonly #lib: YaraLibrary = loadYara();
  readonly #rules: YaraRulesAddress;

  /** @param fd file of rules, as source or compiled */
  constructor(fd: number) {
    this.#lib.yr_initialize();
    try {
      this.#rules = loadCompiled(this.#lib, fd) ?? compile(this.#lib, fd);
    } catch (error) {
      this.#lib.yr_finalize();
      throw error;
    }
  }

  /** Names of the rules that match a file. */
  matching(fd: number): readonly string[] {
    return this.#lib.yr_rules_scan_fd(this.#rules, fd);
  }

  close(): void {
    this.#lib.yr_rules_destroy(this.#rules);
    this.#lib.yr_finalize();
  }
}

export const yara = {
  yara_load(_args, context) {
    const fd = memfd_create("yara rules");
    try {
      receive(fd, context.chunks());
      close(context.kept);
      context.kept.set(
        KEPT,
        about("", () => new YaraRules(fd)),
      );
    } finally {
      closeSync(fd);
    }
  },

  yara_destroy(_args, { kept }) {
    current(kept);
    close(kept);
  },

  *internal_yara_scan({ path }, { kept, sysroot }) {
    const rules = current(kept);
    const fd = about(path, () => openFile(sysroot, path));
    try {
      for (const yara_rule of about(path, () => rules.matching(fd))) {
        yield structs.yara_detection.xdr.encode({ yara_name: path, yara_rule });
      }
    } finally {
      closeSync(fd);
    }
  },
} satisfies HandlersOf<typeof families.yara, Context>;

function current(kept: Context["kept"]): YaraRules {
  const rules = kept.get(KEPT);
  if (rules instanceof YaraRules) return rules;
  throw new ActionError("no yara rules loaded: call 'yara_load' first");
}

function close(kept: Context["kept"]): void {
  kept.get(KEPT)?.close();
  kept.delete(KEPT);
}

/** Leaves the descriptor at the start of the file. */
function receive(fd: number, chunks: Iterable<Uint8Array>): void {
  let position = 0;
  for (const chunk of chunks) {
    for (let rest = chunk; rest.length > 0;) {
      const written = writeSync(fd, rest, 0, rest.length, position);
      rest = rest.subarray(written);
      position += written;
    }
  }
}

/** Undefined for a file that does not hold compiled rules. */
function loadCompiled(lib: YaraLibrary, fd: number): YaraRulesAddress | undefined {
  try {
    return lib.yr_rules_load(`/proc/self/fd/${fd}`);
  } catch (error) {
    if (error instanceof YaraError && error.code === ERROR_INVALID_FILE) return undefined;
    throw error;
  }
}

function compile(lib: YaraLibrary, fd: number): YaraRulesAddress {
  const compiler = lib.yr_compiler_create();
  try {
    const errors = lib.yr_compiler_add_fd(compiler, fd);
    if (errors.length > 0) throw new ActionError(`the rules do not compile: ${errors.join("; ")}`, "EINVAL");
    return lib.yr_compiler_get_rules(compiler);
  } finally {
    lib.yr_compiler_destroy(compiler);
  }
}
