#!/usr/bin/env node
/**
 * Stands in for qemu under a real libguestfs (LIBGUESTFS_HV): probes go to qemu; for the launch, the daemon's bundle is run on
 * the library's socket, with a folder as the guest. No VM. Environment: GILD_TEST_BUNDLE, GILD_TEST_SYSROOT.
 */
import { spawn, spawnSync } from "node:child_process";
import { connect } from "node:net";

const args = process.argv.slice(2);
const socketPath = args
  .map((arg) => /^socket,path=(.*),id=channel0$/.exec(arg)?.[1])
  .find((path) => path !== undefined);

if (socketPath === undefined) {
  process.exitCode = spawnSync("qemu-system-x86_64", args, { stdio: "inherit" }).status ?? 1;
} else {
  const socket = connect(socketPath, () => {
    // The descriptor is handed down as it is: non-blocking, which the daemon must cope with.
    const { GILD_TEST_BUNDLE: bundle, GILD_TEST_SYSROOT: sysroot } = process.env;
    const daemon = spawn(process.execPath, [bundle, "--channel", "fd:3", "-r", "--sysroot", sysroot, "--verbose"], {
      stdio: ["ignore", "inherit", "inherit", socket._handle.fd],
    });
    socket.pause();
    daemon.on("exit", () => process.exit(0));
    // The library ends a hypervisor with SIGTERM, and wants status 0.
    process.on("SIGTERM", () => {
      daemon.kill();
      process.exit(0);
    });
  });
}
