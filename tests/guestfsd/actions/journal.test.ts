/**
 * Journals with entries, which the tests in the spec cannot have. The fixture was made with
 * `systemd-journal-remote --output=three-entries.journal -` of Debian 12. Needs root.
 */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { afterEach, beforeEach, expect, it } from "vitest";

import { makeGuest, type TestGuest } from "../guest.ts";

const JOURNAL = gunzipSync(readFileSync(new URL("../../fixtures/journal/three-entries.journal.gz", import.meta.url)));
/** Only directories with such a name are looked into. */
const MACHINE = "0123456789abcdef0123456789abcdef";
const FIRST_USEC = 1_700_000_000_000_000n;
let guest: TestGuest;

beforeEach(() => {
  guest = makeGuest();
  mkdirSync(join(guest.root, "journal", MACHINE), { recursive: true });
});
afterEach(() => {
  guest.remove();
});

const open = (): unknown => guest.call("journal_open", { directory: "/journal" }).error;
const next = (): unknown => guest.call("journal_next").result;

/** What the library's journal_get makes of the stream. */
function get(): Readonly<Record<string, string>> {
  const bytes = Buffer.from(guest.call("internal_journal_get").file ?? []);
  const fields: [string, string][] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 8 + Number(bytes.readBigUInt64BE(at));
    const field = bytes.subarray(at + 8, end).toString();
    fields.push([field.slice(0, field.indexOf("=")), field.slice(field.indexOf("=") + 1)]);
    at = end;
  }
  return Object.fromEntries(fields);
}

it("reads the entries of a journal in order", () => {
  writeFileSync(join(guest.root, `journal/${MACHINE}/system.journal`), JOURNAL);

  expect(open()).toBeUndefined();
  expect(next()).toBe(true);
  expect(get()).toMatchObject({ MESSAGE: "first", PRIORITY: "6", _HOSTNAME: "guest" });
  expect(guest.call("journal_get_realtime_usec").result).toBe(FIRST_USEC);
  expect(next()).toBe(true);
  expect(get()).toMatchObject({ MESSAGE: "two\nlines", PRIORITY: "3" });
  expect(next()).toBe(true);
  expect(get()["MESSAGE"]).toBe("x".repeat(5000));
  expect(next()).toBe(false);
});

it("skips to both ends", () => {
  writeFileSync(join(guest.root, "journal/system.journal"), JOURNAL);
  open();

  expect(guest.call("journal_skip", { skip: 2n }).result).toBe(2n);
  expect(get()["PRIORITY"]).toBe("3");
  expect(guest.call("journal_skip", { skip: 7n }).result).toBe(1n);
  expect(guest.call("journal_skip", { skip: -7n }).result).toBe(2n);
  expect(get()["MESSAGE"]).toBe("first");
});

it("opens no journal through a link that leads out of the guest", () => {
  writeFileSync(join(guest.outside, "system.journal"), JOURNAL);
  symlinkSync(join(guest.outside, "system.journal"), join(guest.root, "journal/system.journal"));
  symlinkSync(guest.outside, join(guest.root, "journal", MACHINE.replaceAll("0", "1")));
  open();

  expect(next()).toBe(false);
});

it("opens no journal in a directory outside of the guest", () => {
  writeFileSync(join(guest.outside, "system.journal"), JOURNAL);
  symlinkSync(guest.outside, join(guest.root, "out"));

  expect(guest.call("journal_open", { directory: "/out" }).error?.errno).toBe("ENOENT");
});

it("is not held up by pipes where files belong", () => {
  mkdirSync(join(guest.root, "etc"));
  for (const path of ["/journal/system.journal", `/journal/${MACHINE}/user.journal`, "/etc/machine-id"]) {
    guest.call("mkfifo", { mode: 0o644, path });
  }
  open();

  expect(next()).toBe(false);
});

it("reads on where a journal is cut off or damaged", () => {
  writeFileSync(join(guest.root, "journal/system.journal"), JOURNAL);
  writeFileSync(join(guest.root, `journal/${MACHINE}/cut.journal`), JOURNAL.subarray(0, 4096));
  writeFileSync(join(guest.root, `journal/${MACHINE}/damaged.journal`), "LPKSHHRH".padEnd(10_000, "x"));
  open();

  expect(next()).toBe(true);
  expect(get()["MESSAGE"]).toBe("first");
});
