/** Programs of the host: output, limits, and clear errors. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { runHostCommand } from "../../engine/index.ts";

const env = { PATH: process.env["PATH"] ?? "", LANG: "cs_CZ.UTF-8" };

function sh(script: string): ["sh", "-c", string] {
  return ["sh", "-c", script];
}

test("gives stdout and stderr apart, in the C locale", async () => {
  const result = await runHostCommand(sh("cat; echo $LC_ALL; echo problem >&2"), { env, stdin: Buffer.from("in ") });

  expect(Buffer.from(result.stdout).toString()).toBe("in C\n");
  expect(result.stderr).toBe("problem");
});

test("a failing program's status and stderr are in the error", async () => {
  await expect(runHostCommand(sh("echo problem >&2; exit 7"), { env })).rejects.toMatchObject({
    name: "HostCommandError",
    code: "failed",
    stderr: "problem",
    message: "sh: exit status 7: problem",
  });
});

test("a missing program names its Debian package", async () => {
  await expect(runHostCommand(["qemu-img", "info"], { env: { PATH: "/nowhere" } })).rejects.toMatchObject({
    code: "missing",
  });
  await expect(runHostCommand(["/nowhere/qemu-img"], { env })).rejects.toMatchObject({
    code: "missing",
    message: expect.stringContaining("apt install qemu-utils"),
  });
});

test("a program that takes too long is killed", async () => {
  await expect(runHostCommand(sh("exec sleep 60"), { env, timeoutMs: 100 })).rejects.toMatchObject({ code: "timeout" });
});

test("a program that says too much is killed", async () => {
  await expect(runHostCommand(sh("exec yes"), { env, outputMax: 1000 })).rejects.toMatchObject({
    code: "too-much-output",
  });
});

test("memory and processor time are limited", async () => {
  const limits = await runHostCommand(sh("ulimit -v; ulimit -t"), { env, memoryBytes: 1 << 30, cpuSeconds: 5 });

  expect(Buffer.from(limits.stdout).toString()).toBe("1048576\n5\n");
});

test("an abort kills the program and gives the caller's reason", async () => {
  const stop = new AbortController();
  const reason = new Error("enough");
  setTimeout(() => stop.abort(reason), 50);

  await expect(runHostCommand(sh("exec sleep 60"), { env, signal: stop.signal })).rejects.toBe(reason);
});

test("a program that does not read its input is no failure", async () => {
  const { stdout } = await runHostCommand(sh("echo done"), { env, stdin: Buffer.alloc(1 << 20) });

  expect(Buffer.from(stdout).toString()).toBe("done\n");
});

test("a program is not run for a process that was killed while it started it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "gild-test-"));
  const [bin, fifo, script] = [join(folder, "bin"), join(folder, "fifo"), join(folder, "script.mts")];
  mkdirSync(bin);
  await runHostCommand(["mkfifo", fifo], { env });
  // Kills its parent, waits until it has another, and is then the setpriv that it stands for.
  const setpriv = `#!/bin/sh
exec 8>'${fifo}'
kill -KILL $PPID
while read -r _ _ _ parent _ < /proc/$$/stat && [ "$parent" = "$PPID" ]; do :; done
exec /usr/bin/setpriv "$@"
`;
  writeFileSync(join(bin, "setpriv"), setpriv, { mode: 0o755 });
  const command = JSON.stringify(["sh", "-c", "echo ran >&8"]);
  const module = import.meta.resolve("../../engine/host-command.ts");
  writeFileSync(
    script,
    `import { runHostCommand } from "${module}";
void runHostCommand(${command}, { env: { PATH: "${bin}:${env.PATH}" } });`,
  );

  const starter = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), script], { stdio: "inherit" });
  const ended = new Promise((resolve) => starter.once("close", (_status, signal) => resolve(signal)));
  // Up to the end of the last program that has it open.
  const { stdout } = await runHostCommand(["cat", fifo], { env });

  expect(await ended).toBe("SIGKILL");
  expect(Buffer.from(stdout).toString()).toBe("");
  rmSync(folder, { recursive: true });
});
