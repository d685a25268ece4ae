/**
 * The daemon of the appliance: reads its arguments, opens the channel, serves until it ends. Options are upstream's:
 *
 *     -c, --channel PATH|fd:N   instead of the virtio-serial port org.libguestfs.channel.0
 *     -l, --listen PATH         waits for one connection on this unix socket
 *     -n, --network             guest programs get the appliance's /etc/resolv.conf
 *     -r                        standalone: a folder is the guest, it counts as mounted, no devices
 *         --sysroot DIR         where the guest is, default /sysroot
 *         --template FD         exercises itself, says so with a byte on FD, and is quiet until it gets one back
 *     -v, --verbose             says on the console what it does
 *
 * Ends with 0 when the library closes the channel, else with 1; the init below it then ends the VM.
 */
import { closeSync, readSync, writeSync } from "node:fs";
import { parseArgs } from "node:util";

import { openBulkDisk } from "./bulk-disk.ts";
import { ChannelClosedError, listenChannel, openChannel } from "./channel.ts";
import { createCommands } from "./command.ts";
import { createDevices, findApplianceDisk, noDevices } from "./devices.ts";
import { createProcedures } from "./dispatch.ts";
import { createTreeReader } from "./native/tree.ts";
import { rehearse } from "./rehearse.ts";
import { announce, serve, type Server } from "./serve.ts";
import { createSysroot } from "./sysroot.ts";

const ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: "/sbin:/usr/sbin:/bin:/usr/bin",
  SHELL: "/bin/sh",
  LC_ALL: "C",
  TERM: "dumb",
};
const STDERR = 2;

function main(argv: readonly string[]): void {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      channel: { type: "string", short: "c" },
      listen: { type: "string", short: "l" },
      network: { type: "boolean", short: "n", default: false },
      standalone: { type: "boolean", short: "r", default: false },
      sysroot: { type: "string", default: "/sysroot" },
      template: { type: "string" },
      verbose: { type: "boolean", short: "v", default: false },
    },
  });
  const { standalone, network, verbose } = values;
  const { GILD_ENTER_ROOT_LIB: enterRoot, GILD_GUEST_INIT: guestInit, GILD_TREE_LIB: treeLibrary } = process.env;
  Object.assign(process.env, ENVIRONMENT);
  process.umask(0o022);
  process.chdir("/");

  const sysroot = createSysroot({ path: values.sysroot, standalone });
  const command = createCommands({
    sysroot,
    network,
    env: process.env,
    ...(enterRoot === undefined ? {} : { enterRoot }),
    ...(guestInit === undefined ? {} : { guestInit }),
  });
  const applianceDisk = standalone ? undefined : findApplianceDisk();
  const server = {
    channel: values.listen === undefined ? openChannel(values.channel) : listenChannel(values.listen),
    procedures: createProcedures(),
    sysroot,
    command,
    devices: standalone ? noDevices : () => createDevices({ applianceDisk }),
    tree: createTreeReader(treeLibrary),
    openBulkDisk,
    kept: new Map(),
    log: verbose ? say : () => undefined,
    nowMs: () => performance.now(),
  };
  if (values.template === undefined) announce(server);
  else becomeTemplate(server, Number(values.template));
  serve(server);
}

/**
 * The init below answers in each VM that is restored from here, when clock, random numbers and disks are that VM's. It has sent
 * the launch flag then, so that the host need not wait for this process to be warm.
 */
function becomeTemplate(server: Server, fd: number): void {
  rehearse(server);
  writeSync(fd, "r");
  readSync(fd, Buffer.alloc(1));
  closeSync(fd);
}

function say(message: string): void {
  writeSync(STDERR, `guestfsd: ${message}\n`);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ChannelClosedError)) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exit(1);
  }
  process.exit(0);
}
