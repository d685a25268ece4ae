/**
 * Reads the qemu command line that libguestfs 1.48 and later makes (facts/appliance-contract.md §2): what of it a restored VM
 * has to follow, or what is not understood. Pure: opens nothing, decides nothing about templates.
 */
import { MOST_DRIVES } from "../drive.ts";

/** An option of qemu's command line; a flag has no value. */
export interface QemuOption {
  readonly name: string;
  readonly value: string | undefined;
}

/** A launch of which every argument is understood. */
export interface UnderstoodLaunch {
  /** MiB. */
  readonly memsize: number;
  readonly smp: number;
  readonly network: boolean;
  /** undefined: KVM where it works, else TCG. */
  readonly accelerator: "kvm" | "tcg" | undefined;
  readonly verbose: boolean;
  /** libguestfs's own -chardev for the daemon's port. */
  readonly channel: string;
  /** `-drive` and `-device` of the guest's disks, as they came. */
  readonly disks: readonly { readonly drive: string; readonly device: string }[];
}

const FLAGS = ["-no-user-config", "-nodefaults", "-no-reboot", "-no-hpet"];

/** Everything but the guest's disks, by what it is for; the brackets hold what is of interest. */
const KNOWN = {
  plainBlk: /^-global virtio-blk-pci\.scsi=off$/,
  noConfig: /^-no-user-config $/,
  noDefaults: /^-nodefaults $/,
  noDisplay: /^-display none$/,
  machine: /^-machine accel=(kvm:tcg|kvm|tcg)(?:,graphics=off)?$/,
  cpu: /^-cpu (?:max(?:,la57=off)?|host)$/,
  memsize: /^-m (\d+)$/,
  smp: /^-smp (\d+)$/,
  noReboot: /^-no-reboot $/,
  clock: /^-rtc driftfix=slew$/,
  noHpet: /^-no-hpet $/,
  pit: /^-global kvm-pit\.lost_tick_policy=discard$/,
  kernel: /^-kernel .+$/,
  initrd: /^-initrd .+$/,
  random: /^-object rng-random,filename=\/dev\/urandom,id=rng0$/,
  randomDevice: /^-device virtio-rng-pci,rng=rng0$/,
  scsi: /^-device virtio-scsi-pci,id=scsi$/,
  root: /^-drive file=[^,]+,snapshot=on,id=appliance,cache=unsafe,if=none(?:,format=raw)?$/,
  rootDevice: /^-device scsi-hd,drive=appliance$/,
  ports: /^-device virtio-serial-pci$/,
  console: /^-serial stdio$/,
  channel: /^-chardev (socket,path=.+,id=channel0)$/,
  channelPort: /^-device virtserialport,chardev=channel0,name=org\.libguestfs\.channel\.0$/,
  network: /^-netdev user,id=usernet,net=169\.254\.0\.0\/16$/,
  networkDevice: /^-device virtio-net-pci,netdev=usernet$/,
  append: /^-append (.+)$/,
} as const satisfies Readonly<Record<string, RegExp>>;

type Known = keyof typeof KNOWN;

/** Not always there: with --network, more processors, an appliance with a disk, a libguestfs before 1.50. */
const OPTIONAL: readonly Known[] = ["smp", "noHpet", "root", "rootDevice", "network", "networkDevice"];

/** A disk whose bytes are in files of the host. Others need libraries that qemu's sandbox may stop. */
const LOCAL_FILE = /^(?:file|file\.filename|file\.file\.filename)=\//;
const DRIVE_ITEM =
  /^(?:(?:file|file\.filename|file\.file\.filename)=\/.*|(?:cache|format|discard|copy-on-read|id)=[\w-]+|file\.driver=[\w-]+|file\.backing\.file\.locking=off|if=none)$/;
const DISK_DEVICE = /^scsi-hd,drive=hd(\d+)(?:,serial=[A-Za-z]+)?(?:,(?:physical|logical)_block_size=\d+)*$/;

/** Words of the kernel command line that ask for nothing but what gild's own appliance does anyway. */
const PLAIN_WORDS: readonly RegExp[] = [
  /^(?:panic=1|console=ttyS0|edd=off|udevtimeout=\d+|udev\.event-timeout=\d+|no_timer_check|lpj=\d+|printk\.time=1)$/,
  /^(?:cgroup_disable=memory|usbcore\.nousb|cryptomgr\.notests|tsc=reliable|8250\.nr_uarts=1|root=UUID=[\da-f-]+)$/,
  /^(?:selinux=0|quiet|TERM=\S*|guestfs_identifier=\S*|guestfs_network=1|guestfs_verbose=1)$/,
];

/** Splits a command line into options. @returns undefined when a word stands where an option should */
export function splitOptions(args: readonly string[]): readonly QemuOption[] | undefined {
  const options: QemuOption[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const name = args[at] ?? "";
    if (!/^-./.test(name)) return undefined;
    const next = args[at + 1];
    const isFlag = FLAGS.includes(name) || next === undefined || next.startsWith("-");
    options.push({ name, value: isFlag ? undefined : next });
    if (!isFlag) at += 1;
  }
  return options;
}

/** @returns a sentence for people when something is not understood */
export function understand(options: readonly QemuOption[]): UnderstoodLaunch | string {
  const found = new Map<Known, string>();
  const disks: { readonly drive: string; readonly device: string }[] = [];
  let drive: string | undefined;
  for (const { name, value = "" } of options) {
    const [key, match] = recognise(`${name} ${value}`);
    const isNext = drive === undefined && name === "-drive" && isLocalDrive(value, disks.length);
    if (key !== undefined && !found.has(key) && drive === undefined) {
      found.set(key, match);
    } else if (isNext && disks.length < MOST_DRIVES - 1) {
      drive = value;
    } else if (drive !== undefined && name === "-device" && DISK_DEVICE.exec(value)?.[1] === String(disks.length)) {
      disks.push({ drive, device: value });
      drive = undefined;
    } else {
      return `not understood: ${name} ${value}`;
    }
  }
  if (drive !== undefined) return `not understood: -drive ${drive}`;
  const missing = Object.keys(KNOWN).find((key) => !found.has(key as Known) && !OPTIONAL.includes(key as Known));
  if (missing !== undefined) return `libguestfs's option for ${missing} is missing`;

  const words = (found.get("append") ?? "").split(" ").filter((word) => word !== "");
  const odd = words.find((word) => !PLAIN_WORDS.some((plain) => plain.test(word)));
  if (odd !== undefined) return `not understood: -append ${odd}`;
  const network = found.has("network");
  const isWhole =
    network === found.has("networkDevice") &&
    network === words.includes("guestfs_network=1") &&
    found.has("root") === found.has("rootDevice");
  if (!isWhole) return "half of the options for the network or the appliance's disk are missing";
  const accelerator = found.get("machine");
  return {
    memsize: Number(found.get("memsize")),
    smp: Number(found.get("smp") ?? "1"),
    network,
    accelerator: accelerator === "kvm" || accelerator === "tcg" ? accelerator : undefined,
    verbose: words.includes("guestfs_verbose=1"),
    channel: found.get("channel") ?? "",
    disks,
  };
}

/** The meaning of an option, and what is of interest in it. */
function recognise(text: string): readonly [key: Known | undefined, match: string] {
  for (const [key, pattern] of Object.entries(KNOWN)) {
    const match = pattern.exec(text);
    if (match !== null) return [key as Known, match[1] ?? ""]; // keys of KNOWN
  }
  return [undefined, ""];
}

function isLocalDrive(value: string, index: number): boolean {
  // A comma in a value is written twice.
  const items = value.replaceAll(",,", "\0").split(",");
  const keys = items.map((item) => item.slice(0, item.indexOf("=")));
  return (
    LOCAL_FILE.test(value) &&
    items.every((item) => DRIVE_ITEM.test(item)) &&
    new Set(keys).size === keys.length &&
    items.includes(`id=hd${index}`) &&
    items.includes("if=none")
  );
}
