/**
 * sd-journal (libsystemd) through koffi, by its own function names. Thin: the errno that a function returns is thrown as
 * SystemError. Which root a call runs in is actions/journal.ts's matter: only opening follows paths, and decompressing may
 * load a library.
 */
import koffi from "koffi";

import { SystemError } from "./errno.ts";
import { cString, type PathLike } from "./libc.ts";
import { bytesAt, type Address } from "./memory.ts";

/** Address of an `sd_journal`. */
export type Journal = Address;

export type JournalLibrary = ReturnType<typeof loadJournal>;

/** @throws Error when the appliance has no libsystemd */
export function loadJournal() {
  const lib = koffi.load("libsystemd.so.0");
  const c: {
    readonly openDirectory: (journal: BigUint64Array, path: Uint8Array, flags: number) => number;
    readonly close: (journal: Journal) => void;
    readonly next: (journal: Journal) => number;
    readonly nextSkip: (journal: Journal, skip: bigint) => number;
    readonly previousSkip: (journal: Journal, skip: bigint) => number;
    readonly restartData: (journal: Journal) => void;
    readonly enumerateData: (journal: Journal, data: BigUint64Array, length: BigUint64Array) => number;
    readonly getThreshold: (journal: Journal, size: BigUint64Array) => number;
    readonly setThreshold: (journal: Journal, size: bigint) => number;
    readonly getRealtime: (journal: Journal, usec: BigUint64Array) => number;
  } = {
    openDirectory: lib.func("int sd_journal_open_directory(void *journal, const void *path, int flags)"),
    close: lib.func("void sd_journal_close(uintptr_t journal)"),
    next: lib.func("int sd_journal_next(uintptr_t journal)"),
    nextSkip: lib.func("int sd_journal_next_skip(uintptr_t journal, uint64_t skip)"),
    previousSkip: lib.func("int sd_journal_previous_skip(uintptr_t journal, uint64_t skip)"),
    restartData: lib.func("void sd_journal_restart_data(uintptr_t journal)"),
    enumerateData: lib.func("int sd_journal_enumerate_data(uintptr_t journal, void *data, void *length)"),
    getThreshold: lib.func("int sd_journal_get_data_threshold(uintptr_t journal, void *size)"),
    setThreshold: lib.func("int sd_journal_set_data_threshold(uintptr_t journal, size_t size)"),
    getRealtime: lib.func("int sd_journal_get_realtime_usec(uintptr_t journal, void *usec)"),
  };

  return {
    sd_journal_open_directory(path: PathLike): Journal {
      const out = new BigUint64Array(1);
      succeeded(c.openDirectory(out, cString(path), 0), "sd_journal_open_directory");
      return out[0] ?? 0n;
    },

    sd_journal_close: (journal: Journal): void => c.close(journal),

    /** Whether there was a next entry. */
    sd_journal_next: (journal: Journal): boolean => succeeded(c.next(journal), "sd_journal_next") > 0,

    /** Number of entries skipped. */
    sd_journal_next_skip: (journal: Journal, skip: bigint): number =>
      succeeded(c.nextSkip(journal, skip), "sd_journal_next_skip"),

    /** Number of entries skipped. */
    sd_journal_previous_skip: (journal: Journal, skip: bigint): number =>
      succeeded(c.previousSkip(journal, skip), "sd_journal_previous_skip"),

    sd_journal_restart_data: (journal: Journal): void => c.restartData(journal),

    /** The next field of the entry, "NAME=data", copied; undefined after the last one. */
    sd_journal_enumerate_data(journal: Journal): Uint8Array | undefined {
      const data = new BigUint64Array(1);
      const length = new BigUint64Array(1);
      const found = succeeded(c.enumerateData(journal, data, length), "sd_journal_enumerate_data");
      return found === 0 ? undefined : bytesAt(data[0] ?? 0n, Number(length[0]));
    },

    sd_journal_get_data_threshold: (journal: Journal): bigint =>
      given((out) => c.getThreshold(journal, out), "sd_journal_get_data_threshold"),

    sd_journal_set_data_threshold(journal: Journal, size: bigint): void {
      succeeded(c.setThreshold(journal, size), "sd_journal_set_data_threshold");
    },

    /** Microseconds since 1970. */
    sd_journal_get_realtime_usec: (journal: Journal): bigint =>
      given((out) => c.getRealtime(journal, out), "sd_journal_get_realtime_usec"),
  };
}

function succeeded(result: number, call: string): number {
  if (result < 0) throw new SystemError(-result, call);
  return result;
}

/** The number that a function puts where its argument points. */
function given(call: (out: BigUint64Array) => number, name: string): bigint {
  const out = new BigUint64Array(1);
  succeeded(call(out), name);
  return out[0] ?? 0n;
}
