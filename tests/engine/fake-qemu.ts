/**
 * A hypervisor with no VM behind it, as GILD_HV: a script that connects to the channel and does what FAKE_QEMU says. And an
 * old-style appliance of empty files for it.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * `ready`: launch flag, answers every call with success, exits 0 on SIGTERM. `exit`: ends at once. `silent`: connects, says
 * nothing. `garbage`: connects, sends zeros. `die-on-call`: launch flag, ends when called. `bad-exit`: as ready, exits 3. `deaf`:
 * launch flag, answers nothing. `lost-write`: as ready, says that a disk did not take a write.
 */
export type FakeMode =
  "ready" | "exit" | "silent" | "garbage" | "die-on-call" | "deaf" | "bad-exit" | "locked" | "lost-write";

const SCRIPT = `#!${process.execPath}
const net = require("node:net");
const mode = process.env.FAKE_QEMU;
if (process.env.FAKE_QEMU_ARGV) require("node:fs").writeFileSync(process.env.FAKE_QEMU_ARGV, JSON.stringify(process.argv.slice(2)));
console.log("console of the fake\\r\\nmode " + mode + "\\x1b[31m\\x07");
if (mode === "locked") { console.error('qemu: Failed to get "write" lock\\nIs another process using the image [x]?'); process.exit(1); }
if (mode === "exit") { console.error("qemu: no good"); process.exit(1); }
process.on("SIGTERM", () => process.exit(mode === "bad-exit" ? 3 : 0));
const connect = (id) => {
  const word = process.argv.find((word) => word.startsWith("socket,fd=") && word.endsWith(",id=" + id));
  return new net.Socket({ fd: Number(/\\d+/.exec(word)[0]) });
};
const disk = { stats: { failed_wr_operations: mode === "lost-write" ? 1 : 0, failed_flush_operations: 0 } };
const qmp = connect("qmp");
qmp.on("error", () => undefined);
qmp.on("data", (data) => {
  for (const line of data.toString().trim().split("\\n")) {
    qmp.write(JSON.stringify({ return: line.includes("query-blockstats") ? [disk] : {} }) + "\\n");
  }
});
const socket = connect("channel0");
socket.on("error", () => undefined);
if (mode === "garbage") socket.write(Buffer.alloc(64));
if (mode !== "garbage" && mode !== "silent") socket.write(Buffer.from("f5f55ff5", "hex"));
let bytes = Buffer.alloc(0);
socket.on("data", (data) => {
  if (mode === "die-on-call") { console.log("Kernel panic - not syncing"); process.exit(0); }
  if (mode === "deaf") return;
  bytes = Buffer.concat([bytes, data]);
  while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE(0)) {
    const end = 4 + bytes.readUInt32BE(0);
    const answer = Buffer.alloc(44);
    bytes.copy(answer, 4, 4, 44);
    answer.writeUInt32BE(40, 0);
    answer.writeUInt32BE(1, 16);
    answer.fill(0, 24);
    socket.write(answer);
    bytes = bytes.subarray(end);
  }
});
setInterval(() => undefined, 1000);
`;

export interface FakeHost {
  /** Environment for a handle: settings, HOME, PATH. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the handle makes its temporary folders. */
  readonly tmpdir: string;
  /** Where the fake writes its arguments as JSON. */
  readonly argvFile: string;
}

export function makeFakeHost(folder: string, mode: FakeMode): FakeHost {
  const appliance = join(folder, "appliance");
  const tmpdir = join(folder, `tmp-${mode}`);
  const hv = join(folder, "fake-qemu.cjs");
  const argvFile = join(folder, `argv-${mode}.json`);
  for (const path of [appliance, tmpdir]) mkdirSync(path, { recursive: true });
  for (const name of ["vmlinuz.x86_64", "initramfs.x86_64.img"]) writeFileSync(join(appliance, name), "");
  writeFileSync(hv, SCRIPT, { mode: 0o755 });
  const env = {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: folder,
    FAKE_QEMU: mode,
    FAKE_QEMU_ARGV: argvFile,
    GILD_HV: hv,
    GILD_PATH: appliance,
    GILD_TMPDIR: tmpdir,
    GILD_CACHEDIR: join(folder, "cache"),
    GILD_BACKEND_SETTINGS: "force_tcg",
  };
  return { env, tmpdir, argvFile };
}
