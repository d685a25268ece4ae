/** Who holds an image, in words. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";

import { expect, test } from "vitest";

import { commandOf, mayLive, startTimeOf, thisProcess } from "../../engine/process-identity.ts";

test("the command of a process is its first words without folders", async () => {
  const child = spawn("/bin/cat", ["-u", "/dev/stdin", "-", "-"], { stdio: ["pipe", "ignore", "ignore"] });
  await once(child, "spawn");
  try {
    expect(commandOf(child.pid ?? 0)).toBe("cat -u stdin -");
  } finally {
    child.kill("SIGKILL");
  }
});

test("a process that is gone is a program", () => {
  expect(commandOf(4_000_000)).toBe("a program");
});

test("a process that was killed and is not waited for does not live", async () => {
  // cat takes the shell's place and its child, and waits for no child.
  const parent = spawn("/bin/sh", ["-c", "exec 3<&0; cat <&3 & echo $!; exec cat >&2"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  try {
    const pid = Number(String((await once(parent.stdout, "data"))[0]));
    const other = { ...thisProcess(), pid, startTime: startTimeOf(pid) ?? "" };
    expect(mayLive(other)).toBe(true);

    process.kill(pid, "SIGKILL");
    while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"))) await setImmediate();

    expect(startTimeOf(pid)).toBe(other.startTime);
    expect(mayLive(other)).toBe(false);
  } finally {
    parent.kill("SIGKILL");
  }
});
