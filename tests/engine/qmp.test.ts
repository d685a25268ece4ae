/** QMP from qemu's side: what it may say, and what of that is an error. */
import { createServer, connect, type Socket } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { Qmp } from "../../engine/qmp.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-qmp-"));
afterAll(() => rmSync(folder, { recursive: true }));

let sockets = 0;

async function pair(): Promise<{ readonly qmp: Qmp; readonly qemu: Socket }> {
  const path = join(folder, `${(sockets += 1)}`);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
  const qmp = new Qmp(connect(path));
  const qemu = await accepted;
  server.close();
  qemu.write('{"QMP": {"version": {}, "capabilities": []}}\r\n');
  return { qmp, qemu };
}

test("gives each command its own answer, in order, whatever comes between", async () => {
  const { qmp, qemu } = await pair();
  const first = qmp.execute("one");
  const second = qmp.execute("two", { a: 1 });
  const event = qmp.event((name) => name === "STOP");

  qemu.write('{"return": 1}\r\n{"event": "RESUME", "data": {}}\r\n{"event": "ST');
  qemu.write('OP", "data": {"x": 2}}\r\n{"return": {"b": 2}}\r\n');

  expect(await first).toBe(1);
  expect(await second).toEqual({ b: 2 });
  expect(await event).toEqual({ x: 2 });
  qmp.close();
});

test("an error is the command's, with qemu's words", async () => {
  const { qmp, qemu } = await pair();
  const failing = qmp.execute("device_add");

  qemu.write('{"error": {"class": "GenericError", "desc": "Duplicate ID"}}\r\n');

  await expect(failing).rejects.toMatchObject({ code: "launch-failed", message: "qmp: device_add: Duplicate ID" });
  qmp.close();
});

test.each([
  ["no JSON", "hello\n"],
  ["a line without end", "x".repeat(2 * 1024 * 1024)],
])("%s breaks the connection: what waits and what comes fails", async (_name, bytes) => {
  const { qmp, qemu } = await pair();
  const waiting = qmp.execute("stop");
  const event = qmp.event(() => true);
  qemu.on("error", () => undefined);

  qemu.write(bytes);

  await expect(waiting).rejects.toMatchObject({ code: "launch-failed" });
  await expect(event).rejects.toMatchObject({ code: "launch-failed" });
  await expect(qmp.execute("cont")).rejects.toMatchObject({ code: "launch-failed" });
});

test("the end of qemu fails what waits", async () => {
  const { qmp, qemu } = await pair();
  const waiting = qmp.execute("stop");

  qemu.destroy();

  await expect(waiting).rejects.toMatchObject({ message: "qmp: qemu has ended" });
});
