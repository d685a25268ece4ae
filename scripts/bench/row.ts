/** What a row of the benchmark is: one job, done by gild and by the peer, each measured as a whole. */

/** A program run to its end. */
export interface Program {
  readonly argv: readonly string[];
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A side is one program, several one after the other, or our engine called in this process (gives seconds). */
export type Side = readonly Program[] | (() => Promise<number>);

export interface Row {
  readonly name: string;
  /** Makes the disks anew before each run; not measured. */
  readonly prepare: () => void;
  readonly gild: Side;
  /** Absent where no tool of libguestfs does such a thing. */
  readonly peer?: readonly Program[];
  /** What performance.md asks of the ratio, or of the seconds where there is no peer. */
  readonly goal?: { readonly ratio?: number; readonly seconds?: number };
  /** Left out of the smoke run: its sides take minutes. */
  readonly slow?: boolean;
  /** Run as often in the smoke run: it takes no time, and longer when it is done first. */
  readonly quick?: boolean;
}

export interface Measured {
  /** Seconds, median of the runs. */
  readonly seconds: number;
  /** All runs, in order. */
  readonly runs: readonly number[];
  /** Most memory that the side's processes held at one time (resident, summed), MiB; absent for our engine in this process, and in a smoke run. */
  readonly peakMiB?: number;
  /** What of that was the memory of guests restored from a template. */
  readonly guestMiB?: number;
}

export interface Result {
  readonly name: string;
  readonly gild: Measured;
  readonly peer?: Measured;
  /** Peer's seconds over ours. */
  readonly ratio?: number;
  readonly goal?: Row["goal"];
}
