/** Command lines that libguestfs 1.48.6 (Debian 12) gave a hypervisor that wrote them down. */

export const KERNEL_WORDS =
  "panic=1 console=ttyS0 edd=off udevtimeout=6000 udev.event-timeout=6000 no_timer_check lpj=10400000 printk.time=1 " +
  "cgroup_disable=memory usbcore.nousb cryptomgr.notests tsc=reliable 8250.nr_uarts=1 " +
  "root=UUID=cb134f5a-4b70-4b26-b791-5a7e2cb0317c selinux=0 quiet TERM=xterm";

export const SOCKET = "socket,path=/tmp/libguestfsJU39fv/guestfsd.sock,id=channel0";
export const RAW_DRIVE = "file=/tmp/disk.img,cache=writeback,format=raw,id=hd0,if=none";
export const ROOT_DRIVE =
  "file=/var/tmp/.guestfs-0/appliance.d/root,snapshot=on,id=appliance,cache=unsafe,if=none,format=raw";

export interface Variation {
  readonly machine?: string;
  readonly memsize?: string;
  readonly more?: readonly string[];
  readonly disks?: readonly string[];
  readonly root?: readonly string[];
  readonly append?: string;
}

/** `guestfish -a /tmp/disk.img run`, or what differs from it. */
export function commandLine(variation: Variation = {}): readonly string[] {
  const { machine = "accel=tcg", memsize = "1280", more = [], append = KERNEL_WORDS } = variation;
  const { disks = ["-drive", RAW_DRIVE, "-device", "scsi-hd,drive=hd0"] } = variation;
  const { root = ["-drive", ROOT_DRIVE, "-device", "scsi-hd,drive=appliance"] } = variation;
  return [
    ["-global", "virtio-blk-pci.scsi=off", "-no-user-config", "-nodefaults", "-display", "none"],
    ["-machine", machine, "-cpu", "max,la57=off", "-m", memsize, "-no-reboot", "-rtc", "driftfix=slew", "-no-hpet"],
    ["-global", "kvm-pit.lost_tick_policy=discard"],
    ["-kernel", "/var/tmp/.guestfs-0/appliance.d/kernel", "-initrd", "/var/tmp/.guestfs-0/appliance.d/initrd"],
    ["-object", "rng-random,filename=/dev/urandom,id=rng0", "-device", "virtio-rng-pci,rng=rng0"],
    ["-device", "virtio-scsi-pci,id=scsi", ...disks, ...root],
    ["-device", "virtio-serial-pci", "-serial", "stdio", "-chardev", SOCKET],
    ["-device", "virtserialport,chardev=channel0,name=org.libguestfs.channel.0", ...more, "-append", append],
  ].flat();
}

/** Overlay that libguestfs makes over a read-only disk. */
export function readOnlyDisk(index: number): readonly string[] {
  const file = `file.file.filename=/tmp/libguestfsek9YZv/overlay${index + 1}.qcow2`;
  const drive = `${file},file.driver=qcow2,file.backing.file.locking=off,cache=unsafe,id=hd${index},if=none`;
  return ["-drive", drive, "-device", `scsi-hd,drive=hd${index}`];
}

export const NETWORK = ["-netdev", "user,id=usernet,net=169.254.0.0/16", "-device", "virtio-net-pci,netdev=usernet"];
