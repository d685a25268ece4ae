/**
 * The facts of a guest that is being worked on. Reading them is eight calls, and between most steps nothing of them can have
 * changed: one call then tells that the file they come from is still the same.
 */
import type { GuestFacts, Guestfs } from "../schemas/index.ts";
import { GuestfsError } from "./errors.ts";
import { readFacts } from "./guest-facts.ts";

const RELEASE = "/etc/os-release";

interface Known {
  readonly facts: GuestFacts;
  /** What tells the file from any other, and from itself when it was changed; undefined when there is none. */
  readonly release: string | undefined;
}

export class LiveFacts {
  readonly #g: Guestfs;
  #known: Known | undefined;

  constructor(g: Guestfs) {
    this.#g = g;
  }

  /** @param filesOnly nothing but files can have changed since the last time: what is mounted is the same */
  async read(filesOnly = false): Promise<GuestFacts> {
    const release = await this.#release();
    if (filesOnly && this.#known !== undefined && isComplete(this.#known) && this.#known.release === release) {
      return this.#known.facts;
    }
    const root = (await this.#g.mountpoints()).find(([, mountpoint]) => mountpoint === "/")?.[0];
    const facts = await readFacts(this.#g, root, this.#known?.facts);
    this.#known = { facts, release };
    return facts;
  }

  async #release(): Promise<string | undefined> {
    try {
      const stat = await this.#g.statns({ path: RELEASE });
      const { st_dev, st_ino, st_size, st_mtime_sec, st_mtime_nsec, st_ctime_sec, st_ctime_nsec } = stat;
      return [st_dev, st_ino, st_size, st_mtime_sec, st_mtime_nsec, st_ctime_sec, st_ctime_nsec].join(" ");
    } catch (error) {
      if (error instanceof GuestfsError) return undefined;
      throw error;
    }
  }
}

/** What was not found before may have come since. */
function isComplete({ facts, release }: Known): boolean {
  return release !== undefined && facts.arch !== "" && facts.packageManager !== "";
}
