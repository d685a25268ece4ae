/**
 * libyara through koffi, by its own function names. Thin: error codes are libyara's, thrown as YaraError. The part of
 * YR_RULE that is read here is that of libyara.so.9 on x86-64.
 */
import koffi from "koffi";

import { bytesAt, textAt, type Address } from "./memory.ts";
import { cString } from "./libc.ts";

/** Address of a YR_RULES, YR_COMPILER. */
export type YaraRulesAddress = Address;
export type YaraCompiler = Address;

export type YaraLibrary = ReturnType<typeof loadYara>;

export const ERROR_INVALID_FILE = 6;
const SCAN_FLAGS_REPORT_RULES_MATCHING = 8;
const CALLBACK_MSG_RULE_MATCHING = 1;
const CALLBACK_CONTINUE = 0;
const YARA_ERROR_LEVEL_ERROR = 0;
const IDENTIFIER_AT = 8;

/** What the codes mean that loading and scanning can give. */
const REASONS: Readonly<Record<number, string>> = {
  1: "out of memory",
  3: "the file cannot be opened",
  4: "the file cannot be mapped",
  6: "not compiled rules",
  7: "the compiled rules are damaged",
  8: "the rules were compiled by another version of Yara",
  25: "too much recursion",
  30: "too many matches",
};

export class YaraError extends Error {
  override readonly name = "YaraError";
  readonly code: number;

  constructor(code: number, call: string) {
    super(REASONS[code] ?? `${call} failed with error ${code}`);
    this.code = code;
  }
}

const scanCallback = koffi.proto("int gild_yr_callback(void *context, int message, uintptr_t data, void *user)");
const compilerCallback = koffi.proto(
  "void gild_yr_compiler_callback(int level, const char *file, int line, void *rule, const char *message, void *user)",
);

type ScanCallback = (context: unknown, message: number, data: Address) => number;
type CompilerCallback = (level: number, file: string | null, line: number, rule: unknown, message: string) => void;

/** @throws Error when the appliance has no libyara */
export function loadYara() {
  // deep: Node holds functions of the same names (OpenSSL), of another version.
  const lib = koffi.load("libyara.so.9", { deep: true });
  const c: {
    readonly initialize: () => number;
    readonly finalize: () => number;
    readonly load: (path: Uint8Array, rules: BigUint64Array) => number;
    readonly destroy: (rules: YaraRulesAddress) => number;
    readonly createCompiler: (compiler: BigUint64Array) => number;
    readonly destroyCompiler: (compiler: YaraCompiler) => void;
    readonly setCallback: (compiler: YaraCompiler, callback: unknown, user: null) => void;
    readonly setIncludeCallback: (compiler: YaraCompiler, callback: null, free: null, user: null) => void;
    readonly addFd: (compiler: YaraCompiler, fd: number, namespace: null, file: null) => number;
    readonly getRules: (compiler: YaraCompiler, rules: BigUint64Array) => number;
    readonly scanFd: (
      rules: YaraRulesAddress,
      fd: number,
      flags: number,
      callback: ScanCallback,
      user: null,
      timeout: number,
    ) => number;
  } = {
    initialize: lib.func("int yr_initialize()"),
    finalize: lib.func("int yr_finalize()"),
    load: lib.func("int yr_rules_load(const void *path, void *rules)"),
    destroy: lib.func("int yr_rules_destroy(uintptr_t rules)"),
    createCompiler: lib.func("int yr_compiler_create(void *compiler)"),
    destroyCompiler: lib.func("void yr_compiler_destroy(uintptr_t compiler)"),
    setCallback: lib.func("yr_compiler_set_callback", "void", ["uintptr_t", koffi.pointer(compilerCallback), "void *"]),
    setIncludeCallback: lib.func(
      "void yr_compiler_set_include_callback(uintptr_t compiler, void *callback, void *free, void *user)",
    ),
    addFd: lib.func("int yr_compiler_add_fd(uintptr_t compiler, int fd, const void *space, const void *file)"),
    getRules: lib.func("int yr_compiler_get_rules(uintptr_t compiler, void *rules)"),
    scanFd: lib.func("yr_rules_scan_fd", "int", [
      "uintptr_t",
      "int",
      "int",
      koffi.pointer(scanCallback),
      "void *",
      "int",
    ]),
  };

  /** What a function puts where its argument points. */
  function given(call: (out: BigUint64Array) => number, name: string): Address {
    const out = new BigUint64Array(1);
    succeeded(call(out), name);
    return out[0] ?? 0n;
  }

  return {
    yr_initialize: (): void => succeeded(c.initialize(), "yr_initialize"),

    yr_finalize(): void {
      c.finalize();
    },

    yr_rules_load: (path: string): YaraRulesAddress => given((out) => c.load(cString(path), out), "yr_rules_load"),

    yr_rules_destroy(rules: YaraRulesAddress): void {
      c.destroy(rules);
    },

    /** A compiler that refuses to include files. */
    yr_compiler_create(): YaraCompiler {
      const compiler = given((out) => c.createCompiler(out), "yr_compiler_create");
      c.setIncludeCallback(compiler, null, null, null);
      return compiler;
    },

    yr_compiler_destroy: (compiler: YaraCompiler): void => c.destroyCompiler(compiler),

    /** Reads rules from a descriptor, where it stands; gives the errors, "line N: ...". */
    yr_compiler_add_fd(compiler: YaraCompiler, fd: number): string[] {
      const errors: string[] = [];
      const note: CompilerCallback = (level, _file, line, _rule, message) => {
        if (level === YARA_ERROR_LEVEL_ERROR) errors.push(`line ${line}: ${message}`);
      };
      const registered = koffi.register(note, koffi.pointer(compilerCallback));
      try {
        c.setCallback(compiler, registered, null);
        const count = c.addFd(compiler, fd, null, null);
        return count > 0 && errors.length === 0 ? [`${count} errors`] : errors;
      } finally {
        koffi.unregister(registered);
      }
    },

    yr_compiler_get_rules: (compiler: YaraCompiler): YaraRulesAddress =>
      given((out) => c.getRules(compiler, out), "yr_compiler_get_rules"),

    /** Identifiers of the rules that match what a descriptor holds. */
    yr_rules_scan_fd(rules: YaraRulesAddress, fd: number): string[] {
      const matching: string[] = [];
      const note: ScanCallback = (_context, message, data) => {
        if (message === CALLBACK_MSG_RULE_MATCHING) matching.push(identifierOf(data));
        return CALLBACK_CONTINUE;
      };
      succeeded(c.scanFd(rules, fd, SCAN_FLAGS_REPORT_RULES_MATCHING, note, null, 0), "yr_rules_scan_fd");
      return matching;
    },
  };
}

/** Layout of YR_RULE: flags, number of atoms, then the address of its name. */
function identifierOf(rule: Address): string {
  const start = bytesAt(rule, IDENTIFIER_AT + 8);
  return textAt(new DataView(start.buffer).getBigUint64(IDENTIFIER_AT, true)) ?? "";
}

function succeeded(code: number, call: string): void {
  if (code !== 0) throw new YaraError(code, call);
}
