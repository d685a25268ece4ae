/** Augeas takes lenses from the appliance and files from the guest, never the other way round. Needs root and libaugeas. */
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { makeGuest, SECRET, type TestGuest } from "./guest.ts";

const NO_LOAD = 32;
const NO_AUTOLOAD = 64;
/** A lens for whole lines, as a guest might bring it. */
const LENS = 'module NAME =\n  let lns = [ label "guest" . store /[^\\n]+/ . del /\\n/ "\\n" ]*\n';

let guest: TestGuest;

beforeEach(() => {
  guest = makeGuest();
  mkdirSync(join(guest.root, "etc"));
  writeFileSync(join(guest.root, "etc/hosts"), "127.0.0.1 localhost\n");
});

afterEach(() => guest.remove());

function guestLens(name: string): void {
  for (const folder of ["usr/share/augeas/lenses", "usr/share/augeas/lenses/dist"]) {
    mkdirSync(join(guest.root, folder), { recursive: true });
    const file = `${name.charAt(0).toLowerCase()}${name.slice(1)}.aug`;
    writeFileSync(join(guest.root, folder, file), LENS.replace("NAME", name));
  }
}

function must(name: string, args: Readonly<Record<string, unknown>> = {}): unknown {
  const { error, result } = guest.call(name, args);
  expect(error).toBeUndefined();
  return result;
}

describe.each([
  ["all lenses read at the start", NO_LOAD],
  ["lenses read when they are named", NO_LOAD + NO_AUTOLOAD],
])("with %s", (_name, flags) => {
  it("does not read a lens that only the guest has", () => {
    guestLens("Intruder");
    must("aug_init", { root: "/", flags });
    must("aug_transform", { lens: "Intruder.lns", file: "/etc/hosts" });

    expect(guest.call("aug_load").error?.message).toBe("Intruder.lns: no such lens");
    expect(must("aug_match", { augpath: "/files//guest" })).toEqual([]);
  });

  it("prefers the appliance's lens to the guest's of the same name", () => {
    guestLens("Hosts");
    must("aug_init", { root: "/", flags });
    must("aug_transform", { lens: "Hosts.lns", file: "/etc/hosts" });
    must("aug_load");

    expect(must("aug_get", { augpath: "/files/etc/hosts/1/canonical" })).toBe("localhost");
  });

  it("does not read a lens that is named only when it saves", () => {
    guestLens("Intruder");
    must("aug_init", { root: "/", flags });
    must("aug_set", { augpath: "/augeas/load/Intruder/lens", val: "Intruder.lns" });
    must("aug_set", { augpath: "/augeas/load/Intruder/incl", val: "/etc/new" });
    must("aug_set", { augpath: "/files/etc/new/guest", val: "x" });

    expect(guest.call("aug_save").error?.message).toBe("Intruder.lns: no such lens");
    expect(readdirSync(join(guest.root, "etc"))).toEqual(["hosts"]);
  });

  it.each(["../../tmp/x.lns", "/etc/x.lns", "a b.lns", ".lns"])("refuses %s as a lens", (lens) => {
    must("aug_init", { root: "/", flags });
    must("aug_set", { augpath: "/augeas/load/X/lens", val: lens });
    must("aug_set", { augpath: "/augeas/load/X/incl", val: "/etc/hosts" });

    expect(guest.call("aug_load").error?.message).toBe(`${lens}: no such lens`);
  });
});

it("reads and writes through a link inside the guest only", () => {
  mkdirSync(join(guest.root, "real"));
  writeFileSync(join(guest.root, "real/hosts"), "10.0.0.1 inside\n");
  symlinkSync("/real/hosts", join(guest.root, "etc/hosts.link"));
  must("aug_init", { root: "/", flags: NO_LOAD + NO_AUTOLOAD });
  must("aug_transform", { lens: "Hosts.lns", file: "/etc/hosts.link" });
  must("aug_load");
  must("aug_set", { augpath: "/files/etc/hosts.link/1/canonical", val: "changed" });
  must("aug_save");

  expect(readFileSync(join(guest.root, "real/hosts"), "utf8")).toBe("10.0.0.1 changed\n");
  expect(guest.outsideState()).toEqual({ secret: SECRET });
});

it("leaves a file alone that did not change", () => {
  const text = "127.0.0.1\t localhost   # as it was\n";
  writeFileSync(join(guest.root, "etc/hosts"), text);
  must("aug_init", { root: "/", flags: NO_LOAD + NO_AUTOLOAD });
  must("aug_transform", { lens: "Hosts.lns", file: "/etc/hosts" });
  must("aug_load");
  must("aug_save");

  expect(readFileSync(join(guest.root, "etc/hosts"), "utf8")).toBe(text);
  expect(existsSync(join(guest.root, "etc/hosts.augnew"))).toBe(false);
});

it("says which file could not be written, and why", () => {
  must("aug_init", { root: "/", flags: NO_LOAD + NO_AUTOLOAD });
  must("aug_transform", { lens: "Hosts.lns", file: "/etc/hosts" });
  must("aug_load");
  must("aug_set", { augpath: "/files/etc/hosts/1/nonsense", val: "x" });

  expect(guest.call("aug_save").error?.message).toMatch(/^\/etc\/hosts: put_failed: Failed to match tree/);
});

it("gives back names that are no UTF-8", () => {
  must("aug_init", { root: "/", flags: NO_LOAD + NO_AUTOLOAD });
  must("aug_set", { augpath: "/x/y", val: "n\udce4me" });

  expect(must("aug_get", { augpath: "/x/y" })).toBe("n\udce4me");
});

it("is a new handle after another aug_init", () => {
  must("aug_init", { root: "/", flags: NO_LOAD + NO_AUTOLOAD });
  must("aug_set", { augpath: "/x", val: "v" });
  must("aug_init", { root: "/", flags: NO_LOAD + NO_AUTOLOAD });

  expect(must("aug_match", { augpath: "/x" })).toEqual([]);
});
