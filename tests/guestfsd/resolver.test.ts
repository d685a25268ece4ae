/** The guest's resolv.conf is as it was after a command, whatever it was. Needs root. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";

import { withResolver } from "../../guestfsd/resolver.ts";
import { createSysroot } from "../../guestfsd/sysroot.ts";

const OURS = "nameserver 192.0.2.53\n";
let base: string;
let root: string;
let ours: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "gild-resolver-"));
  root = join(base, "guest");
  ours = join(base, "ours");
  mkdirSync(root);
  writeFileSync(ours, OURS);
});
afterEach(() => {
  rmSync(base, { recursive: true });
});

const conf = (): string => join(root, "etc/resolv.conf");
/** What the guest has for its resolver while a command runs. */
const seen = (): string =>
  withResolver(createSysroot({ path: root, standalone: true }), () => readFileSync(conf(), "utf8"), ours);

it("puts a file back", () => {
  mkdirSync(join(root, "etc"));
  writeFileSync(conf(), "of the guest\n", { mode: 0o600 });

  expect(seen()).toBe(OURS);
  expect(readFileSync(conf(), "utf8")).toBe("of the guest\n");
  expect(lstatSync(conf()).mode & 0o777).toBe(0o600);
});

it("puts a link back, also a dangling one", () => {
  mkdirSync(join(root, "etc"));
  symlinkSync("../run/systemd/resolve/stub-resolv.conf", conf());

  expect(seen()).toBe(OURS);
  expect(readlinkSync(conf())).toBe("../run/systemd/resolve/stub-resolv.conf");
});

it("leaves nothing where there was nothing", () => {
  mkdirSync(join(root, "etc"));

  expect(seen()).toBe(OURS);
  expect(readdirSync(join(root, "etc"))).toEqual([]);
});

it("puts it back when the command fails", () => {
  mkdirSync(join(root, "etc"));
  writeFileSync(conf(), "of the guest\n");

  expect(() =>
    withResolver(
      createSysroot({ path: root, standalone: true }),
      () => {
        throw new Error("failed");
      },
      ours,
    ),
  ).toThrow("failed");
  expect(readFileSync(conf(), "utf8")).toBe("of the guest\n");
});

it("does nothing in a guest without /etc", () => {
  expect(withResolver(createSysroot({ path: root, standalone: true }), () => "ran", ours)).toBe("ran");
  expect(readdirSync(root)).toEqual([]);
});

it("does not follow a guest's /etc out", () => {
  const outside = join(base, "outside");
  mkdirSync(outside);
  symlinkSync(outside, join(root, "etc"));

  withResolver(createSysroot({ path: root, standalone: true }), () => undefined, ours);

  expect(existsSync(join(outside, "resolv.conf"))).toBe(false);
});
