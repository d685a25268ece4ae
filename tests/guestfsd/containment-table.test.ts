/**
 * Every action that takes a path, on guests whose /etc leads out: nothing outside is read, changed or made. The calls come from
 * the table; containment.test.ts has those that need more than one call. Needs root: the daemon changes its root directory.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { makeGuest, SECRET, type TestGuest } from "./guest.ts";
import { everythingIn, HOSTILE_ETC, metadata } from "./hostile-guest.ts";
import { pathAttacks } from "./path-attacks.ts";

/** They would fill this machine's disk: ../appliance/containment.test.ts makes their calls. */
const FILLS_THE_DISK = new Set(["scrub_freespace", "zero_free_space"]);
/** What is there, what is not, and the directory itself. */
const PATHS = ["/etc/secret", "/etc/new", "/etc"];
const FILE = "/data/file";

const attacks = pathAttacks(FILE).filter(({ action }) => !FILLS_THE_DISK.has(action));

describe.each(Object.entries(HOSTILE_ETC))("a guest whose /etc is a %s", (_kind, prepare) => {
  let guest: TestGuest;

  beforeAll(() => {
    guest = makeGuest();
  });
  afterAll(() => {
    guest.remove();
  });

  /** Whatever the call before did. */
  function makeAnew(): void {
    for (const name of readdirSync(guest.root)) rmSync(join(guest.root, name), { recursive: true, force: true });
    mkdirSync(join(guest.root, "data"));
    writeFileSync(join(guest.root, FILE), "of the guest\n");
    prepare(guest.root, guest.outside);
  }

  it.each(attacks)("is not left by $action, $argument", ({ action, args }) => {
    const stateBefore = guest.outsideState();
    const metadataBefore = metadata(guest.outside);

    for (const path of PATHS) {
      makeAnew();
      const { file, result } = guest.call(action, args(path), "made");

      expect(Buffer.from(file ?? []).includes(SECRET)).toBe(false);
      expect(inspect(result)).not.toContain(SECRET.trim());
      expect(everythingIn(guest.root)).not.toContain(SECRET);
    }
    expect(guest.outsideState()).toEqual(stateBefore);
    expect(metadata(guest.outside)).toEqual(metadataBefore);
  });
});
