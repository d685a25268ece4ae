/**
 * What a client knows of transfers through disks: whether its daemon takes part (schemas/gild-bulk.ts), and the calls that prepare
 * it. A transfer that cannot be prepared goes in chunks; nothing is lost but time.
 */
import { actions, GILD_GROUP, gildActions, type AnyAction } from "../../schemas/index.ts";
import { receiveResult, sendCall, type Call } from "../call-message.ts";
import { GuestfsError } from "../errors.ts";
import type { Environment } from "../settings.ts";
import type { BulkDisks } from "./disks.ts";

export interface BulkOptions {
  readonly disks: Pick<BulkDisks, "plug" | "target">;
  /** Smaller uploads go in chunks. */
  readonly leastBytes: number;
  /** Where streams are kept on their way to a disk; mode 0700. */
  readonly tmpdir: string;
  readonly env: Environment;
}

export class BulkLink {
  readonly options: BulkOptions;
  readonly #nextSerial: () => number;
  #isKnown: boolean | undefined;

  constructor(options: BulkOptions, nextSerial: () => number) {
    this.options = options;
    this.#nextSerial = nextSerial;
  }

  /** Whether the daemon is one that can. Asks it once. */
  async isKnown(call: Call): Promise<boolean> {
    const ask = async (): Promise<boolean> =>
      (await this.#call(call, actions.internal_feature_available, { group: GILD_GROUP })) === 0;
    this.#isKnown ??= await orFalse(ask);
    return this.#isKnown;
  }

  /** Says that the file of `call` is on a disk. @returns false when the daemon cannot read it */
  async prepareIn(call: Call, target: number, size: bigint, runs: Uint8Array): Promise<boolean> {
    const args = { serial: BigInt(call.serial), target, size, runs };
    return orFalse(async () => {
      await this.#call(call, gildActions.gild_bulk_in, args);
      return true;
    });
  }

  /** Says that there can be a disk for the file of `call`. */
  async prepareOut(call: Call, target: number): Promise<boolean> {
    return orFalse(async () => {
      await this.#call(call, gildActions.gild_bulk_out, { serial: BigInt(call.serial), target });
      return true;
    });
  }

  /** A call of our own before `call`, on the same connection. */
  async #call(call: Call, action: AnyAction, args: Call["args"]): Promise<unknown> {
    const own = { ...call, action, args, serial: this.#nextSerial() };
    await sendCall(own, 0n);
    return receiveResult(own);
  }
}

async function orFalse(ask: () => Promise<boolean>): Promise<boolean> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof GuestfsError) return false;
    throw error;
  }
}
