/** Who holds an image, in words. */
import { spawn } from "node:child_process";
import { once } from "node:events";

import { expect, test } from "vitest";

import { commandOf } from "../../engine/process-identity.ts";

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
