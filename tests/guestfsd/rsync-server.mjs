// @ts-check
/**
 * An rsync server on the loopback, for rsync.test.ts: its own process, since the daemon under test blocks the test's.
 * Prints its port; ends when standard input does.
 *
 *     node rsync-server.mjs rsyncd.conf
 */
import { spawn } from "node:child_process";
import { createServer } from "node:net";

const config = process.argv[2] ?? "";
const server = createServer({ pauseOnConnect: true }, (socket) => {
  // rsync takes a socket as standard input for a connection that an inetd gave it.
  spawn("rsync", ["--daemon", `--config=${config}`], { stdio: [socket, socket, "inherit"] });
  socket.destroy();
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) process.stdout.write(`${address.port}\n`);
});
process.stdin.on("end", () => {
  server.close();
});
process.stdin.resume();
