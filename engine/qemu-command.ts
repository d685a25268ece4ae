/**
 * The qemu command line and the kernel's (facts/appliance-contract.md §2). Pure but for looking at what kind of file a
 * drive is; starts nothing.
 */
import type { Appliance } from "./appliance-search.ts";
import { driveArguments, type AddDrive } from "./drive.ts";

export interface QemuLaunch {
  readonly accelerator: "kvm" | "tcg";
  readonly memsize: number;
  readonly smp: number;
  readonly network: boolean;
  readonly verbose: boolean;
  /** Added to the kernel command line. */
  readonly append: string;
  readonly appliance: Appliance;
  readonly drives: readonly AddDrive[];
  /** Unix socket that listens for the daemon's channel. */
  readonly socket: string;
}

/** qemu may not gain rights, start programs, or change priorities, whatever the guest makes it do. */
const SANDBOX = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny";

/** Arguments after the program's name. @throws LaunchError drive-unusable */
export function qemuArguments(launch: QemuLaunch): string[] {
  const { appliance } = launch;
  const groups: readonly (readonly string[])[] = [
    ["-no-user-config", "-nodefaults", "-display", "none", "-no-reboot", "-sandbox", SANDBOX],
    ["-machine", "pc,graphics=off,hpet=off", "-accel", launch.accelerator, "-cpu", "max,la57=off"],
    ["-m", String(launch.memsize), "-smp", String(launch.smp), "-rtc", "driftfix=slew"],
    ["-global", "kvm-pit.lost_tick_policy=discard"],
    ["-kernel", appliance.kernel, "-initrd", appliance.initrd, "-append", kernelCommandLine(launch)],
    ["-object", "rng-random,filename=/dev/urandom,id=rng0", "-device", "virtio-rng-pci,rng=rng0"],
    ["-device", "virtio-scsi-pci,id=scsi"],
    ...launch.drives.map((drive, index) => driveArguments(drive, index)),
    rootArguments(appliance),
    ["-device", "virtio-serial-pci", "-serial", "stdio"],
    ["-chardev", `socket,path=${escapeComma(launch.socket)},id=channel0`],
    ["-device", "virtserialport,chardev=channel0,name=org.libguestfs.channel.0"],
    launch.network ? ["-netdev", "user,id=usernet,net=169.254.0.0/16", "-device", "virtio-net-pci,netdev=usernet"] : [],
  ];
  return groups.flat();
}

type KernelLaunch = Pick<QemuLaunch, "accelerator" | "appliance" | "append" | "network" | "verbose">;

/** What costs an emulated processor much and the appliance nothing to be without. Together about 0.9 s of a launch. */
const TCG_WORDS = "acpi=off noapictimer init_on_alloc=0 rodata=off";

export function kernelCommandLine(launch: KernelLaunch): string {
  const { root, own } = launch.appliance;
  const words = [
    "panic=1 console=ttyS0 edd=off udevtimeout=6000 udev.event-timeout=6000 no_timer_check printk.time=1",
    "cgroup_disable=memory usbcore.nousb cryptomgr.notests tsc=reliable 8250.nr_uarts=1",
    root === undefined ? "" : `root=UUID=${root.uuid}`,
    "selinux=0",
    launch.accelerator === "tcg" && own === true ? TCG_WORDS : "",
    launch.verbose ? "guestfs_verbose=1" : "quiet",
    launch.network ? "guestfs_network=1" : "",
    "TERM=dumb",
    launch.append,
  ];
  return words.filter((word) => word !== "").join(" ");
}

/** The appliance's own disk: after the guest's, and never written (what it writes goes to a file that qemu has deleted). */
function rootArguments({ root }: Appliance): string[] {
  if (root === undefined) return [];
  const drive = `file=${escapeComma(root.file)},format=raw,snapshot=on,cache=unsafe,if=none,id=appliance`;
  return ["-drive", drive, "-device", "scsi-hd,drive=appliance"];
}

/** In qemu's option syntax a comma in a value is written twice. */
function escapeComma(value: string): string {
  return value.replaceAll(",", ",,");
}
