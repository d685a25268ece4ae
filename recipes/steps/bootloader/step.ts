/** Step `bootloader`: GRUB on the disk, from the guest's own packages, for machines with a BIOS. */
import {
  call,
  choice,
  closed,
  defineStep,
  integer,
  matching,
  textFromBytes,
  type Guestfs,
  type PlannedAction,
  type StepContext,
} from "../../../schemas/index.ts";
import { rewriteText } from "../../guest-content.ts";
import { readGuestText } from "../../guest-file.ts";
import { linuxOnly } from "../traits.ts";
import { diskOf, grubVariables, menuIsCurrent, withVariables } from "./grub-config.ts";

const DEFAULTS = "/etc/default/grub";
const SECTOR = 512;
const MODULES = "/usr/lib/grub/i386-pc";

/** Names of GRUB's programs and files: Debian's and Fedora's families differ. */
interface Flavour {
  readonly install: string;
  readonly folder: string;
  readonly update: readonly string[];
}

const FLAVOURS: readonly Flavour[] = [
  { install: "/usr/sbin/grub-install", folder: "/boot/grub", update: ["update-grub"] },
  {
    install: "/usr/sbin/grub2-install",
    folder: "/boot/grub2",
    update: ["grub2-mkconfig", "-o", "/boot/grub2/grub.cfg"],
  },
];

interface Observed {
  readonly flavour: Flavour;
  readonly device: string;
  readonly defaults: string;
  /** GRUB's core image is in /boot, and its first part in the boot sector. */
  readonly installed: boolean;
  readonly menu: string | undefined;
  /** Names of the kernels in /boot. */
  readonly kernels: readonly string[];
}

export const bootloader = defineStep({
  name: "bootloader",
  summary: "make the disk bootable",
  description:
    "Writes the settings to /etc/default/grub, installs GRUB on the disk with the guest's own grub-install, and lets the " +
    "guest's update-grub write the menu. Each is done only where it is missing: the core image, a menu that lacks a kernel " +
    "of /boot, changed settings.",
  traits: { reads: true, writes: true, runsGuestPrograms: true, network: false, idempotent: true },
  schema: closed(
    {
      type: choice(["grub"], "The boot loader."),
      target: choice(["bios"], "The firmware it is for. Default: bios."),
      device: matching(
        "^[A-Za-z0-9_./-]+$",
        "Disk: /dev/sda, or the tag of a disk or partition of `disks`. Default: the disk that /boot is on, else the first.",
      ),
      "kernel-cmdline": matching('^[^"\\\\$`\\n]*$', "Words for the command line of every kernel."),
      console: choice(
        ["screen", "serial"],
        "`serial`: menu and kernel also on the first serial port. Default: screen.",
      ),
      timeout: integer("Seconds that the menu waits. Default: as the guest has it."),
    },
    ["type"],
  ),
  short: "type",
  supports: (guest) =>
    linuxOnly(guest) ??
    (["x86_64", "amd64", "i386", "i686", ""].includes(guest.arch) ? undefined : `no BIOS on ${guest.arch}`),
  describe: ({ type, device }) => `${type}${device === undefined ? "" : ` on ${device}`}`,
  observe: async (context, args): Promise<Observed> => {
    const { g } = context;
    const flavour = await findFlavour(g);
    const device = await findDisk(context, args.device);
    const hasImage = await g.is_file({ path: `${flavour.folder}/i386-pc/core.img` });
    return {
      flavour,
      device,
      defaults: (await readGuestText(g, DEFAULTS)) ?? "",
      installed: hasImage && (await bootsGrub(g, device)),
      menu: await readGuestText(g, `${flavour.folder}/grub.cfg`),
      kernels: await kernelsOf(g),
    };
  },
  lower: (args, observed): readonly PlannedAction[] => {
    const [debian] = FLAVOURS;
    const flavour = observed?.flavour ?? debian;
    if (flavour === undefined) return [];
    const settings = { cmdline: args["kernel-cmdline"], serial: args.console === "serial", timeout: args.timeout };
    const variables = grubVariables(settings);
    const defaults = withVariables(observed?.defaults ?? "", variables);
    const device = observed?.device ?? args.device ?? "/dev/sda";
    const current =
      observed?.menu !== undefined &&
      defaults === observed.defaults &&
      menuIsCurrent(observed.menu, observed.kernels, variables["GRUB_CMDLINE_LINUX"]);
    return [
      ...rewriteText(DEFAULTS, observed?.defaults, defaults),
      ...(observed?.installed === true
        ? []
        : [call("command", { arguments: [flavour.install, "--target=i386-pc", device] })]),
      ...(current ? [] : [call("command", { arguments: flavour.update })]),
    ];
  },
});

async function findFlavour(g: Guestfs): Promise<Flavour> {
  for (const flavour of FLAVOURS) {
    if (!(await g.is_file({ path: flavour.install, followsymlinks: true }))) continue;
    if (await g.is_dir({ path: MODULES, followsymlinks: true })) return flavour;
    throw new Error(`bootloader: ${MODULES}: no such folder in the guest (install grub-pc-bin, or grub2-pc-modules)`);
  }
  throw new Error("bootloader: the guest has no grub-install (install grub-pc, or grub2-pc)");
}

async function findDisk({ g, tags }: StepContext, wanted: string | undefined): Promise<string> {
  const device = wanted === undefined || wanted.startsWith("/dev/") ? wanted : tags?.[wanted];
  if (wanted !== undefined && device === undefined) {
    throw new Error(`bootloader: ${wanted}: neither a device nor a tag of disks`);
  }
  if (device !== undefined) {
    const disk = diskOf(device);
    if (disk === undefined) throw new Error(`bootloader: ${wanted}: not a disk nor a partition of one`);
    return disk;
  }
  const mounted = new Map((await g.mountpoints()).map(([mountable, place]) => [place, mountable]));
  const boot = mounted.get("/boot") ?? mounted.get("/") ?? "";
  return diskOf(boot) ?? (await g.list_devices())[0] ?? "/dev/sda";
}

/** Whether the boot sector is GRUB's: its messages are in it. */
async function bootsGrub(g: Guestfs, device: string): Promise<boolean> {
  const sector = await g.pread_device({ device, count: SECTOR, offset: 0n });
  return Buffer.from(sector).includes("GRUB");
}

async function kernelsOf(g: Guestfs): Promise<readonly string[]> {
  const pieces: Uint8Array[] = [];
  await g.ls0({
    dir: "/boot",
    filenames: (bytes) => {
      pieces.push(bytes.slice());
    },
  });
  const names = textFromBytes(Buffer.concat(pieces)).split("\0");
  const kernels = names.filter((name) => name.startsWith("vmlinuz-") && !name.includes("rescue"));
  if (kernels.length === 0) throw new Error("bootloader: /boot: no kernel (vmlinuz-...) in the guest");
  return kernels;
}
