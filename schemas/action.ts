/**
 * defineAction(): one guestfs API call as data, and the types derived from it: what the client's method takes and gives,
 * what the daemon's handler takes and gives. Holds no action itself (see actions/).
 */
import type { AnyField, Field, FileIn, FileOut, ValueOf } from "./field.ts";
import type { Json } from "./json.ts";
import type { AnyResult, ResultValue } from "./result.ts";

export type ArgFields = Readonly<Record<string, AnyField>>;
export type OptFields = Readonly<Record<string, Field<unknown>>>;

/** What an action does to the disks: `read` changes nothing; `write` may; `config` changes only the daemon's state (mounts, handles). */
export type Effect = "read" | "write" | "config";

/** One test of an action, as data: the calls in order, and what the last one must give. */
export interface ActionTest {
  /**
   * The state it starts from. `none`: nothing attached matters. `scratch`: an empty filesystem mounted on `/` (runs in memory
   * too). `disk`: `/dev/sda` is a blank disk of 256 MiB, nothing mounted. `partition`: `/dev/sda1` is an empty partition.
   * `lvm`: volume group `VG` with logical volume `/dev/VG/LV` on `/dev/sda1`. `large`: `/dev/sdc` is a blank disk of 1 GiB.
   */
  readonly init: "none" | "scratch" | "disk" | "partition" | "lvm" | "large";
  /** Calls, arguments in their recipe form (streams: text content for FileIn, left out for FileOut). */
  readonly calls: readonly (readonly [action: string, args?: Readonly<Record<string, Json>>])[];
  readonly expect: Expectation;
  /** Set where the memory ring (no VM, `-r` on a folder) cannot run it: why. */
  readonly applianceOnly?: string;
}

/** `result`: bigints as numbers, bytes and downloaded streams as text. `errno` of "" is an error without errno. */
export type Expectation =
  | { readonly result: Json }
  | { readonly contains: string }
  | { readonly matches: string }
  | { readonly succeeds: true }
  | { readonly errno: string };

export interface ActionSpec<A extends ArgFields, O extends OptFields, R extends AnyResult> {
  /** Upstream's procedure number; never reused. */
  readonly proc: number;
  /** Lower case, no final stop. */
  readonly summary: string;
  /** What it does and what it refuses; whole sentences, own words. */
  readonly description: string;
  /** Required arguments in wire order. */
  readonly args: A;
  /** Optional arguments in wire order: the n-th is bit n of the bitmask. */
  readonly optargs: O;
  readonly ret: R;
  readonly effect: Effect;
  /** Set where what it writes shows neither in files nor in a filesystem's type, label, UUID or size: it counts as a change itself. */
  readonly unseen?: true;
  /** Feature group (guestfs_available); absent for core actions. */
  readonly group?: string;
  /** errno names that callers can expect beyond EIO, EINVAL. */
  readonly errors: readonly string[];
  /** libguestfs version that brought it. */
  readonly since: string;
  readonly tests: readonly ActionTest[];
  /** The test file that calls it with what data cannot hold: binary files, servers, disks that no action makes. */
  readonly testedIn?: string;
  /** Why there is no test that succeeds, or none that fails; ten at most in the whole table. */
  readonly testExcuse?: string;
}

/** `optargs` may be left out. */
export type ActionInput<A extends ArgFields, O extends OptFields, R extends AnyResult> = Omit<
  ActionSpec<A, O, R>,
  "optargs"
> & { readonly optargs?: O };

export type AnyAction = ActionSpec<ArgFields, OptFields, AnyResult>;
/** Actions of one family: the module's exports. */
export type Family = Readonly<Record<string, AnyAction>>;

type NoOptargs = Readonly<Record<never, Field<unknown>>>;

export function defineAction<const A extends ArgFields, R extends AnyResult, const O extends OptFields = NoOptargs>(
  input: ActionInput<A, O, R>,
): ActionSpec<A, O, R> {
  // Where optargs is absent, O is its default, which the empty object satisfies.
  return { ...input, optargs: input.optargs ?? ({} as O) };
}

/** A file to send: host path, bytes, or a stream of bytes. */
export type FileSource = string | Uint8Array | AsyncIterable<Uint8Array>;
/** Where received bytes go: host path (created or truncated), or a function called with each piece in order. */
export type FileSink = string | ((bytes: Uint8Array) => void | Promise<void>);

type WireKeys<A> = { [K in keyof A]: A[K] extends FileIn | FileOut ? never : K }[keyof A];
type Optional<O> = { readonly [K in keyof O]?: ValueOf<O[K]> | undefined };

/** Arguments of the client's method. */
export type ClientArgs<X> =
  X extends ActionSpec<infer A, infer O, AnyResult>
    ? {
        readonly [K in keyof A]: A[K] extends FileIn ? FileSource : A[K] extends FileOut ? FileSink : ValueOf<A[K]>;
      } & Optional<O>
    : never;

/** Arguments of the daemon's handler: what is on the wire. */
export type HandlerArgs<X> =
  X extends ActionSpec<infer A, infer O, AnyResult>
    ? { readonly [K in WireKeys<A>]: ValueOf<A[K]> } & Optional<O>
    : never;

export type ResultOf<X> = X extends ActionSpec<ArgFields, OptFields, infer R> ? ResultValue<R> : never;

type HasStream<X, S> =
  X extends ActionSpec<infer A, OptFields, AnyResult> ? (S extends A[keyof A] ? true : false) : false;

/** A stretch of zeroes in a file that takes no room. */
export interface Hole {
  readonly holeBytes: bigint;
}

/** What a handler returns: the bytes to send for a FileOut action, the result otherwise. A piece may be reused after the next. */
export type HandlerResult<X> = HasStream<X, FileOut> extends true ? Iterable<Uint8Array | Hole> : ResultOf<X>;

/** One handler per action of a family; a missing or wrongly typed one is a compile error that names it. */
export type HandlersOf<F, Context> = {
  readonly [K in keyof F]: (args: HandlerArgs<F[K]>, context: Context) => HandlerResult<F[K]>;
};

/** What every client call may be given besides its arguments. */
export interface CallOptions {
  /** Stops a transfer between chunks; a plain call in flight ends the handle. */
  readonly signal?: AbortSignal;
}

/** The typed client over a table of actions. */
export type ClientOf<F> = {
  readonly [K in keyof F]: keyof ClientArgs<F[K]> extends never
    ? (args?: Readonly<Record<never, never>>, options?: CallOptions) => Promise<ResultOf<F[K]>>
    : (args: ClientArgs<F[K]>, options?: CallOptions) => Promise<ResultOf<F[K]>>;
};
