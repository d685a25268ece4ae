#!/usr/bin/env node
/**
 * Stands before qemu under a real libguestfs (LIBGUESTFS_HV): everything goes to qemu, and what the daemon says on its
 * channel is written to the file GILD_TEST_TAP as well.
 */
import { spawn, spawnSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { connect, createServer } from "node:net";

const QEMU = "qemu-system-x86_64";
const CHANNEL = /^socket,path=(.*),id=channel0$/;
const args = process.argv.slice(2);
const library = args.map((arg) => CHANNEL.exec(arg)?.[1]).find((path) => path !== undefined);

if (library === undefined) {
  process.exitCode = spawnSync(QEMU, args, { stdio: "inherit" }).status ?? 1;
} else {
  const tapped = `${library}.tap`;
  const record = createWriteStream(process.env.GILD_TEST_TAP);
  const server = createServer((daemon) => {
    server.close();
    const client = connect(library);
    client.pipe(daemon);
    daemon.pipe(client);
    daemon.pipe(record);
    for (const socket of [client, daemon]) socket.on("error", () => socket.destroy());
  });
  server.listen(tapped, () => {
    const changed = args.map((arg) => (CHANNEL.test(arg) ? `socket,path=${tapped},id=channel0` : arg));
    const qemu = spawn(QEMU, changed, { stdio: "inherit" });
    process.on("SIGTERM", () => qemu.kill("SIGTERM"));
    qemu.on("exit", (status, signal) => record.end(() => process.exit(status ?? (signal === "SIGTERM" ? 0 : 1))));
  });
}
