/** gild_augeas_tree with the host's libaugeas and lenses. */
import { existsSync } from "node:fs";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { bytesFromText } from "../../schemas/index.ts";
import { makeGuest, type TestGuest } from "./guest.ts";

const missing = ["/usr/lib/x86_64-linux-gnu/libaugeas.so.0", "/usr/share/augeas/lenses/dist/sshd.aug"].filter(
  (file) => !existsSync(file),
);

describe.skipIf(missing.length > 0)(`gild_augeas_tree${missing.map((file) => `, needs ${file}`).join("")}`, () => {
  let guest: TestGuest;

  beforeEach(() => {
    guest = makeGuest();
  });

  afterEach(() => {
    guest.remove();
  });

  const tree = (lens: string, text: string) => guest.call("gild_augeas_tree", { lens, content: bytesFromText(text) });

  test("gives pairs of path and value, without comments", () => {
    expect(tree("Sshd.lns", "# c\nPort 22\nMatch User a\n  X11Forwarding no\n").result).toEqual(
      [
        ["Port", "22"],
        ["Match", ""],
        ["Match/Condition", ""],
        ["Match/Settings", ""],
        ["Match/Condition/User", "a"],
        ["Match/Settings/X11Forwarding", "no"],
      ].flat(),
    );
    expect(tree("Sshd.lns", "").result).toEqual([]);
  });

  test("refuses a text that the lens does not understand, a lens that is none, and too many nodes", () => {
    expect(tree("Hosts.lns", "one-word\n").error?.errno).toBe("EINVAL");
    expect(tree("../../../etc/Nope.lns", "a\n").error).toBeDefined();
    expect(tree("Hosts.lns", "192.0.2.1 a\n".repeat(5000)).error?.errno).toBe("E2BIG");
  });

  test("leaves the handle of aug_init as it was", () => {
    guest.call("aug_init", { root: "/", flags: 96 });
    guest.call("aug_set", { augpath: "/files/a", val: "b" });

    tree("Sshd.lns", "Port 22\n");

    expect(guest.call("aug_get", { augpath: "/files/a" }).result).toBe("b");
    expect(guest.call("aug_match", { augpath: "/gild//*" }).result).toEqual([]);
  });
});
