/**
 * Daemon side of schemas/actions/journal.ts. The one handle is kept under "journal". Its files are opened in the guest; what
 * follows reads them through memory maps and runs outside.
 */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context, Kept, Sysroot } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { loadJournal, type Journal, type JournalLibrary } from "../native/journal.ts";

const KEPT = "journal";
const LENGTH_SIZE = 8;

class JournalHandle implements Kept {
  readonly ofGuest = true;
  readonly lib: JournalLibrary = loadJournal();
  readonly journal: Journal;

  constructor(sysroot: Sysroot, directory: string) {
    this.journal = sysroot.inside(() => this.lib.sd_journal_open_directory(directory));
  }

  close(): void {
    this.lib.sd_journal_close(this.journal);
  }
}

export const journal = {
  journal_open({ directory }, { sysroot, kept }) {
    close(kept);
    kept.set(
      KEPT,
      about(directory, () => new JournalHandle(sysroot, directory)),
    );
  },

  journal_close(_args, context) {
    current(context);
    close(context.kept);
  },

  journal_next(_args, context) {
    const { lib, journal } = current(context);
    return about("", () => lib.sd_journal_next(journal));
  },

  journal_skip({ skip }, context) {
    const { lib, journal } = current(context);
    if (skip === 0n) return 0n;
    const skipped = about(String(skip), () =>
      skip > 0n ? lib.sd_journal_next_skip(journal, skip) : lib.sd_journal_previous_skip(journal, -skip),
    );
    return BigInt(skipped);
  },

  internal_journal_get: (_args, context) => fields(current(context)),

  journal_get_data_threshold(_args, context) {
    const { lib, journal } = current(context);
    return about("", () => lib.sd_journal_get_data_threshold(journal));
  },

  journal_set_data_threshold({ threshold }, context) {
    const { lib, journal } = current(context);
    if (threshold < 0n) throw new ActionError(`threshold: ${threshold} is negative`, "EINVAL");
    about("", () => lib.sd_journal_set_data_threshold(journal, threshold));
  },

  journal_get_realtime_usec(_args, context) {
    const { lib, journal } = current(context);
    return about("", () => lib.sd_journal_get_realtime_usec(journal));
  },
} satisfies HandlersOf<typeof families.journal, Context>;

function current({ kept }: Context): JournalHandle {
  const handle = kept.get(KEPT);
  if (handle instanceof JournalHandle) return handle;
  throw new ActionError("you must call 'journal-open' first to initialize the journal handle");
}

function close(kept: Context["kept"]): void {
  kept.get(KEPT)?.close();
  kept.delete(KEPT);
}

/** The fields of the entry, each `length:u64 big-endian | "NAME=data"`. */
function* fields({ lib, journal }: JournalHandle): Generator<Uint8Array, undefined> {
  lib.sd_journal_restart_data(journal);
  for (;;) {
    const field = about("", () => lib.sd_journal_enumerate_data(journal));
    if (field === undefined) return undefined;
    const length = new DataView(new ArrayBuffer(LENGTH_SIZE));
    length.setBigUint64(0, BigInt(field.length));
    yield new Uint8Array(length.buffer);
    yield field;
  }
}
