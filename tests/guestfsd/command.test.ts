/** Starting programs: their input, output, errors and end. The kinds that meet a guest are tested in containment.test.ts and sh.test.ts. */
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";

import { createCommands } from "../../guestfsd/command.ts";
import type { Commands } from "../../guestfsd/context.ts";
import { createSysroot } from "../../guestfsd/sysroot.ts";

let command: Commands;

beforeEach(() => {
  command = createCommands({
    sysroot: createSysroot({ path: "/nonexistent" }),
    env: { PATH: "/usr/bin:/bin", KEPT: "yes", DROPPED: undefined },
  });
});

const sh = (script: string): readonly string[] => ["sh", "-c", script];
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe("run", () => {
  it("gives status, output and errors apart", () => {
    const { status, stdout, stderr } = command.run(sh("echo out; echo err >&2; exit 3"));

    expect([status, text(stdout), stderr]).toEqual([3, "out\n", "err"]);
  });

  it("gives 128 + the signal that ended the program", () => {
    expect(command.run(sh("kill -TERM $$")).status).toBe(143);
  });

  it("gives 127 for a program that is not there", () => {
    expect(command.run(["/no/such"])).toMatchObject({ status: 127, stderr: "/no/such: No such file or directory" });
  });

  it("feeds input of any size while it takes output", () => {
    const input = Buffer.alloc(3_000_000, "0123456789");

    expect(input.equals(command.run(["cat"], { stdin: input }).stdout)).toBe(true);
  });

  it("feeds input piece by piece", () => {
    function* pieces(): Generator<Uint8Array> {
      yield Buffer.from("a");
      yield Buffer.alloc(0);
      yield Buffer.from("b");
    }

    expect(text(command.run(["cat"], { stdin: pieces() }).stdout)).toBe("ab");
  });

  it("does not mind a program that reads none of its input", () => {
    expect(command.run(["true"], { stdin: Buffer.alloc(1_000_000) }).status).toBe(0);
  });

  it("takes errors that would fill a pipe", () => {
    const { status, stderr } = command.run(sh("head -c 1000000 /dev/zero | tr '\\0' x >&2; exit 1"));

    expect(status).toBe(1);
    expect(stderr.length).toBeGreaterThanOrEqual(65_536);
    expect(stderr.length).toBeLessThan(1_000_000);
  });

  it("reads nothing when it is given nothing", () => {
    expect(text(command.run(["cat"]).stdout)).toBe("");
  });

  it("hands descriptors down in place of its pipes", () => {
    const folder = mkdtempSync(join(tmpdir(), "gild-command-"));
    writeFileSync(join(folder, "in"), "text");
    const fds = [openSync(join(folder, "in"), "r"), openSync(join(folder, "out"), "w")] as const;
    try {
      expect(command.run(["cat"], { fds: { 0: fds[0], 1: fds[1] } }).stdout).toHaveLength(0);

      expect(readFileSync(join(folder, "out"), "utf8")).toBe("text");
    } finally {
      fds.forEach(closeSync);
      rmSync(folder, { recursive: true });
    }
  });

  it("passes on the daemon's environment, in the C locale", () => {
    const lines = text(command.run(["env"], { env: { MORE: "1" } }).stdout).split("\n");

    expect(lines).toEqual(expect.arrayContaining(["KEPT=yes", "LC_ALL=C", "MORE=1"]));
    expect(lines.some((line) => line.startsWith("DROPPED"))).toBe(false);
  });

  it("starts programs with signals at their defaults, whatever Node ignores", () => {
    // SIGPIPE ends `yes` only when it is not ignored, as it is in Node.
    expect(command.run(sh("(yes; echo $? >&2) | head -1; true")).stderr).toBe("141");
  });

  it("leaves no descriptor open", () => {
    const before = readdirSync("/proc/self/fd").length;

    for (let n = 0; n < 20; n++) command.run(["true"], { stdin: Buffer.from("x") });
    for (let n = 0; n < 20; n++) command.run(["/no/such"]);

    expect(readdirSync("/proc/self/fd").length).toBe(before);
  });
});

describe("check", () => {
  it("gives the output as text", () => {
    expect(command.check(["printf", "\\377a"])).toBe("\udcffa");
  });

  it.each([
    ["echo why >&2; exit 2", "why"],
    ["exit 2", "sh exited with status 2"],
    ["kill -KILL $$", "sh: killed by signal 9"],
  ])("throws for %s", (script, message) => {
    expect(() => command.check(sh(script))).toThrow(message);
  });
});

describe("stream", () => {
  it("gives the output piece by piece, and throws at the end", () => {
    const pieces: string[] = [];

    expect(() => {
      for (const piece of command.stream(sh("echo one; echo bad >&2; exit 1"))) pieces.push(text(piece));
    }).toThrow("bad");
    expect(pieces.join("")).toBe("one\n");
  });

  it("kills the program when nobody wants the rest", () => {
    const started = performance.now();

    for (const piece of command.stream(sh("echo $$; sleep 60"))) {
      expect(text(piece)).toMatch(/^\d+\n$/);
      break;
    }

    expect(performance.now() - started).toBeLessThan(30_000);
  });

  it("can be the input of another program", () => {
    const packed = command.stream(["gzip", "-c"], { stdin: Buffer.alloc(500_000, "abc") });

    expect(command.run(["gzip", "-dc"], { stdin: packed }).stdout).toHaveLength(500_000);
  });

  it("ends a program whose output the next one does not want", () => {
    const before = readdirSync("/proc/self/fd").length;

    expect(text(command.run(["head", "-c", "3"], { stdin: command.stream(["yes"]) }).stdout)).toBe("y\ny");

    expect(readdirSync("/proc/self/fd").length).toBe(before);
  });

  it("fails as the first program of a chain that failed", () => {
    const broken = command.stream(["gzip", "-dc"], { stdin: Buffer.from("not packed") });

    expect(() => command.check(["cat"], { stdin: broken })).toThrow("not in gzip format");
  });
});
