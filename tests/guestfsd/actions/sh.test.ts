/** Programs of the guest: what they see, what they cannot see, and what is left of them. Needs root and busybox. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { mount, umount2 } from "../../../guestfsd/native/libc.ts";
import { createDaemon, type MemoryDaemon } from "../../../guestfsd/index.ts";
import { addBusybox, makeGuest, SECRET, type TestGuest } from "../guest.ts";
import { buildNativeHelpers } from "../native-helpers.ts";
import { call } from "../test-client.ts";

describe("command and sh", () => {
  let guest: TestGuest;

  beforeAll(() => {
    guest = makeGuest();
    addBusybox(guest.root);
  });
  afterAll(() => {
    guest.remove();
  });

  const sh = (command: string): unknown => guest.call("sh", { command }).result;
  const failure = (command: string): unknown => guest.call("sh", { command }).error;

  it("gives the output of a program", () => {
    expect(guest.call("command", { arguments: ["echo", "a b", "$HOME"] }).result).toBe("a b $HOME\n");
  });

  it.each([
    ["printf 'a\\nb\\n'", ["a", "b"]],
    ["printf 'a\\n\\nb'", ["a", "", "b"]],
    ["true", []],
    ["echo", [""]],
  ])("cuts the output of %s into lines", (command, lines) => {
    expect(guest.call("sh_lines", { command }).result).toEqual(lines);
  });

  it.each([
    ["echo out; echo err >&2; exit 3", "err"],
    ["exit 7", "/bin/sh exited with status 7"],
    ["kill -9 $$", "/bin/sh: killed by signal 9"],
    ["/missing", "/bin/sh: /missing: not found"],
  ])("fails with the standard error of %s", (command, message) => {
    expect(failure(command)).toEqual({ errno: "", message });
  });

  it("gives an output that no message holds as a file", () => {
    const answer = guest.call("sh_out", { command: "yes 0123456 2>/dev/null | busybox head -c 5000000" });

    expect(answer.file).toHaveLength(5_000_000);
    expect(Buffer.from(guest.call("command_out", { arguments: ["echo", "a b"] }).file ?? []).toString()).toBe("a b\n");
  });

  it("fails with the standard error of what gives no output as a file", () => {
    expect(guest.call("sh_out", { command: "echo err >&2; exit 3" }).error).toEqual({ errno: "", message: "err" });
  });

  it("says which program is missing", () => {
    expect(guest.call("command", { arguments: ["missing"] }).error?.message).toBe("missing: No such file or directory");
  });

  it("has its own environment, nothing of the daemon's", () => {
    const { result } = guest.call("command_lines", { arguments: ["busybox", "env"] });

    expect(
      String(result)
        .split(",")
        .sort((a, b) => a.localeCompare(b)),
    ).toEqual(["HOME=/root", "LC_ALL=C", "PATH=/sbin:/usr/sbin:/bin:/usr/bin", "SHELL=/bin/sh", "TERM=dumb"]);
  });

  it("gives back bytes that are no text", () => {
    expect(sh("printf '\\377a'")).toBe("\udcffa");
  });

  it("reads nothing from the daemon's standard input", () => {
    expect(sh("cat")).toBe("");
  });

  it("has /dev, /proc and /sys only while it runs", () => {
    expect(sh("test -c /dev/null && test -d /proc/self && test -d /sys/kernel && echo yes")).toBe("yes\n");
    expect(readdirSync(join(guest.root, "dev"))).toEqual([]);
    expect(readdirSync(join(guest.root, "proc"))).toEqual([]);
  });

  it("sees no process but its own", () => {
    const processes = String(sh("ls -d /proc/[0-9]* | wc -l"));

    expect(Number(processes)).toBeLessThan(6);
  });

  it.each([
    "cat /proc/1/root/PATH",
    "cat /proc/self/root/PATH",
    "cat /../../../../../PATH",
    "mkdir -p /x; busybox chroot /x busybox true; cat /x/../../PATH",
    "busybox mount -t tmpfs none /tmp; cat PATH",
    "busybox nsenter -t 1 -m cat PATH",
  ])("does not get out by %s", (command) => {
    const answer = guest.call("sh", { command: command.replaceAll("PATH", join(guest.outside, "secret")) });

    expect(JSON.stringify(answer.result ?? "")).not.toContain(SECRET.trim());
    expect(answer.error).toBeDefined();
  });

  it("cannot escape a chroot of its own making into the appliance", () => {
    // The classic way: enter a subdirectory as root while a descriptor stays above it.
    const answer = guest.call("sh", {
      command: "mkdir -p /a; cd /; busybox chroot /a /bin/sh -c 'true'; ls /../../.. | tr '\\n' ' '",
    });

    expect(String(answer.result)).not.toContain("home");
  });
});

describe("stragglers", () => {
  let mountPoint: string;
  let daemon: MemoryDaemon;
  const marker = `31${process.pid}`;

  beforeAll(() => {
    mountPoint = mkdtempSync(join(tmpdir(), "gild-mounted-"));
    mount("tmpfs", mountPoint, "tmpfs");
    addBusybox(mountPoint);
    daemon = createDaemon({ sysroot: mountPoint, standalone: false, ...buildNativeHelpers() });
  });
  afterAll(() => {
    daemon.close();
    rmSync(mountPoint, { recursive: true, force: true });
  });

  it(
    "are gone after 1,000 calls that leave orphans: no process, no zombie, and umount works",
    { timeout: 120_000 },
    () => {
      const command = `sleep ${marker} & (sleep ${marker} &) ; setsid sleep ${marker} & (setsid sh -c 'sleep ${marker} &' &); cd /tmp`;
      for (let n = 0; n < 1000; n++) {
        const { error } = call((bytes) => daemon.handle(bytes), "sh", { command });
        if (error !== undefined) throw new Error(error.message);
      }

      expect(processesWith(marker)).toEqual([]);
      expect(zombiesOf(process.pid)).toEqual([]);
      expect(() => umount2(mountPoint)).not.toThrow();
    },
  );

  it("do not keep the output open: a background process does not delay the reply", () => {
    mount("tmpfs", mountPoint, "tmpfs");
    addBusybox(mountPoint);
    const started = performance.now();

    const { result } = call((bytes) => daemon.handle(bytes), "sh", { command: `sleep ${marker} & echo done` });

    expect(result).toBe("done\n");
    expect(performance.now() - started).toBeLessThan(5000);
    umount2(mountPoint);
  });

  it("a guest program that fills its output is stopped, not kept in memory", () => {
    mount("tmpfs", mountPoint, "tmpfs");
    addBusybox(mountPoint);

    const { error } = call((bytes) => daemon.handle(bytes), "sh", { command: "busybox yes" });

    expect(error?.errno).toBe("EFBIG");
    umount2(mountPoint);
  });

  it("calls that need a guest fail when none is mounted", () => {
    const { error } = call((bytes) => daemon.handle(bytes), "sh", { command: "true" });

    expect(error?.message).toBe("you must call 'mount' first to mount the root filesystem");
  });
});

/** Command lines of living processes that contain a text. */
function processesWith(text: string): string[] {
  return pids()
    .map((pid) => read(`/proc/${pid}/cmdline`))
    .filter((line) => line.startsWith("sleep") && line.includes(text));
}

function zombiesOf(parent: number): string[] {
  return pids().filter((pid) => new RegExp(`^\\d+ \\(.*\\) Z ${parent} `).test(read(`/proc/${pid}/stat`)));
}

const pids = (): string[] => readdirSync("/proc").filter((name) => /^\d+$/.test(name));

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
