/**
 * The qemu command line and the kernel's (facts/appliance-contract.md §2), for a boot, for making a template, and for restoring
 * one. Pure but for looking at what kind of file a drive is; starts nothing.
 */
import type { Appliance } from "./appliance-search.ts";
import { REHEARSAL_DISK } from "./bulk/disks.ts";
import { drivePlug, type DrivePlug, type PreparedDrive } from "./drive.ts";

/** Descriptors that qemu inherits: Unix sockets, and the file that the template's state is read from. */
export const FD = { state: 3, qmp: 4, channel: 5, restore: 6 } as const;

export interface Machine {
  readonly accelerator: "kvm" | "tcg";
  readonly memsize: number;
  readonly smp: number;
  readonly network: boolean;
  readonly verbose: boolean;
  /** Added to the kernel command line. */
  readonly append: string;
  readonly appliance: Appliance;
}

/** The three sockets, as qemu's -chardev takes them. */
export interface SocketOptions {
  readonly qmp: string;
  readonly channel: string;
  readonly restore: string;
}

const INHERITED: SocketOptions = {
  qmp: `socket,fd=${FD.qmp},id=qmp`,
  channel: `socket,fd=${FD.channel},id=channel0`,
  restore: `socket,fd=${FD.restore},id=restore`,
};

/** qemu may not gain rights, start programs, or change priorities, whatever the guest makes it do. */
const SANDBOX = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny";

/** Where a restored VM is told what is its own; see appliance/init/template.c. */
const RESTORE_PORT = "org.gild.restore.0";

/** Arguments after the program's name for a boot. @throws LaunchError drive-unusable */
export function bootArguments(machine: Machine, drives: readonly PreparedDrive[]): string[] {
  const plugs = drives.map((drive, index) => drivePlug(drive, index));
  return [
    ...machineArguments(machine, []),
    ...kernelArguments(machine, []),
    ...plugs.flatMap((plug) => [...blockArguments(plug), "-device", JSON.stringify(plug.device)]),
    ...(machine.appliance.own === true ? [] : rootAsLastDisk(machine.appliance)),
  ];
}

/** For the boot of what becomes a template: no disk of a guest. @param memory file of the VM's memory */
export function templateArguments(machine: Machine, memory: string): string[] {
  const { node, device } = REHEARSAL_DISK;
  return [
    ...memoryArguments(machine, memory, true),
    ...kernelArguments(machine, ["gild_template=1"]),
    "-blockdev",
    JSON.stringify(node),
    "-device",
    JSON.stringify(device),
  ];
}

/**
 * For a VM that waits for a template's state. Its disks are plugged in over QMP when it has it.
 *
 * @throws LaunchError drive-unusable
 */
export function restoreArguments(
  machine: Machine,
  drives: readonly PreparedDrive[],
  memory: string,
  sockets: SocketOptions = INHERITED,
): string[] {
  const plugs = drives.map((drive, index) => drivePlug(drive, index));
  return [...memoryArguments(machine, memory, false, sockets), ...plugs.flatMap(blockArguments), "-incoming", "defer"];
}

function blockArguments({ objects, node }: DrivePlug): string[] {
  return [...objects.flatMap((object) => ["-object", JSON.stringify(object)]), "-blockdev", JSON.stringify(node)];
}

/** The machine with its memory in a file, written to it or privately copied on write, and the port of restored VMs. */
function memoryArguments(
  machine: Machine,
  memory: string,
  share: boolean,
  sockets: SocketOptions = INHERITED,
): string[] {
  const backend = {
    "qom-type": "memory-backend-file",
    id: "ram",
    "mem-path": memory,
    share,
    size: machine.memsize * 1024 * 1024,
  };
  return [
    "-object",
    JSON.stringify(backend),
    ...machineArguments(machine, ["memory-backend=ram"], sockets),
    "-chardev",
    sockets.restore,
    "-device",
    `virtserialport,chardev=restore,name=${RESTORE_PORT}`,
  ];
}

/** All but kernel, memory and the guest's disks: the same on both sides of a template. */
function machineArguments(
  machine: Machine,
  machineOptions: readonly string[],
  sockets: SocketOptions = INHERITED,
): string[] {
  const { appliance } = machine;
  const groups: readonly (readonly string[])[] = [
    ["-no-user-config", "-nodefaults", "-display", "none", "-no-reboot", "-sandbox", SANDBOX],
    ["-machine", ["pc", "graphics=off", "hpet=off", ...machineOptions].join(",")],
    ["-accel", machine.accelerator, "-cpu", machine.accelerator === "tcg" ? TCG_CPU : "max,la57=off"],
    ["-m", String(machine.memsize), "-smp", String(machine.smp), "-rtc", "driftfix=slew"],
    ["-global", "kvm-pit.lost_tick_policy=discard"],
    ["-chardev", sockets.qmp, "-mon", "chardev=qmp,mode=control"],
    ["-object", "rng-random,filename=/dev/urandom,id=rng0", "-device", "virtio-rng-pci,rng=rng0"],
    // Without events of disks that come and go: whoever plugs one tells the guest where to look.
    ["-device", "virtio-scsi-pci,id=scsi,hotplug=off"],
    appliance.own === true ? rootAsOwnDisk(appliance) : [],
    ["-device", "virtio-serial-pci", "-serial", "stdio"],
    ["-chardev", sockets.channel],
    ["-device", "virtserialport,chardev=channel0,name=org.libguestfs.channel.0"],
    machine.network
      ? ["-netdev", "user,id=usernet,net=169.254.0.0/16", "-device", "virtio-net-pci,netdev=usernet"]
      : [],
  ];
  return groups.flat();
}

function kernelArguments(machine: Machine, words: readonly string[]): string[] {
  const { kernel, initrd } = machine.appliance;
  return ["-kernel", kernel, "-initrd", initrd, "-append", kernelCommandLine(machine, words)];
}

type KernelLaunch = Pick<Machine, "accelerator" | "appliance" | "append" | "network" | "smp" | "verbose">;

/**
 * What costs an emulated processor much and the appliance nothing to be without. Together about 0.9 s of a boot; besides, see
 * TCG_CPU for rep_good. The last word is OpenSSL's, which the init hands to the daemon: SHA-256 is four times as fast in plain
 * code as with the emulated SSSE3, AVX and AVX2.
 */
const TCG_WORDS = "init_on_alloc=0 rodata=off clearcpuid=rep_good OPENSSL_ia32cap=~0x1000020000000000:~0x20";

/**
 * As above, but the kernel would find one processor only, and no timer of ACPI's unless it is told where that is: without, it
 * cannot tell how fast the TSC runs while the host is busy, counts ticks instead, and the guest's clock loses those it misses.
 */
const ONE_PROCESSOR_WORDS = "acpi=off noapictimer pmtmr=0x608";

/**
 * Without `rep movsb` and `rep stosb` (erms; rep_good is the kernel's word for movsq and stosq), which real processors are
 * quick at and emulation runs one by one: the kernel copies and clears memory three to five times as fast without.
 */
const TCG_CPU = "max,la57=off,erms=off";

/** @param more words that gild's own init reads */
export function kernelCommandLine(launch: KernelLaunch, more: readonly string[] = []): string {
  const { root, own } = launch.appliance;
  const words = [
    "panic=1 console=ttyS0 edd=off udevtimeout=6000 udev.event-timeout=6000 no_timer_check printk.time=1",
    "cgroup_disable=memory usbcore.nousb cryptomgr.notests tsc=reliable 8250.nr_uarts=1",
    root === undefined ? "" : `root=UUID=${root.uuid}`,
    "selinux=0",
    launch.accelerator === "tcg" && own === true && launch.smp === 1 ? ONE_PROCESSOR_WORDS : "",
    launch.accelerator === "tcg" && own === true ? TCG_WORDS : "",
    own === true ? "gild_root=vda" : "",
    ...more,
    launch.verbose ? "guestfs_verbose=1" : "quiet",
    launch.network ? "guestfs_network=1" : "",
    "TERM=dumb",
    launch.append,
  ];
  return words.filter((word) => word !== "").join(" ");
}

/** gild's own appliance is no SCSI disk, so that the guest's first disk is /dev/sda when it is plugged in later, too. */
function rootAsOwnDisk({ root }: Appliance): string[] {
  if (root === undefined) return [];
  const file = { driver: "file", filename: root.file, "read-only": true };
  const node = { driver: "raw", "node-name": "appliance", "read-only": true, file };
  return ["-blockdev", JSON.stringify(node), "-device", "virtio-blk-pci,drive=appliance"];
}

/** As libguestfs attaches it: after the guest's, and never written (what it writes goes to a file that qemu has deleted). */
function rootAsLastDisk({ root }: Appliance): string[] {
  if (root === undefined) return [];
  const drive = `file=${escapeComma(root.file)},format=raw,snapshot=on,cache=unsafe,if=none,id=appliance`;
  return ["-drive", drive, "-device", "scsi-hd,drive=appliance"];
}

/** In qemu's option syntax a comma in a value is written twice. */
function escapeComma(value: string): string {
  return value.replaceAll(",", ",,");
}
