/** What is understood of libguestfs's command lines; no odd one passes for a plain one. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { splitOptions, understand, type UnderstoodLaunch } from "../../../engine/hv/command-line.ts";
import { commandLine, KERNEL_WORDS, NETWORK, RAW_DRIVE, readOnlyDisk, SOCKET } from "./real-command-lines.ts";

function read(args: readonly string[]): UnderstoodLaunch | string {
  return understand(splitOptions(args) ?? []);
}

const PLAIN: UnderstoodLaunch = {
  memsize: 1280,
  smp: 1,
  network: false,
  accelerator: "tcg",
  verbose: false,
  channel: SOCKET,
  disks: [{ drive: RAW_DRIVE, device: "scsi-hd,drive=hd0" }],
};

test.each<[string, readonly string[], Partial<UnderstoodLaunch>]>([
  ["a raw disk", commandLine(), {}],
  ["KVM where it works", commandLine({ machine: "accel=kvm:tcg" }), { accelerator: undefined }],
  ["forced KVM", commandLine({ machine: "accel=kvm" }), { accelerator: "kvm" }],
  ["memory and processors", commandLine({ memsize: "512", more: ["-smp", "4"] }), { memsize: 512, smp: 4 }],
  [
    "verbose",
    commandLine({
      machine: "accel=tcg,graphics=off",
      append: KERNEL_WORDS.replace("quiet", "guestfs_verbose=1"),
    }),
    { verbose: true },
  ],
  [
    "the network",
    commandLine({ more: NETWORK, append: KERNEL_WORDS.replace("quiet", "quiet guestfs_network=1") }),
    { network: true },
  ],
  ["no disk, an appliance without one", commandLine({ disks: [], root: [] }), { disks: [] }],
  [
    "a label and a block size",
    commandLine({
      disks: [
        "-drive",
        RAW_DRIVE,
        "-device",
        "scsi-hd,drive=hd0,serial=abc,physical_block_size=4096,logical_block_size=4096",
      ],
    }),
    {
      disks: [
        {
          drive: RAW_DRIVE,
          device: "scsi-hd,drive=hd0,serial=abc,physical_block_size=4096,logical_block_size=4096",
        },
      ],
    },
  ],
  ["an identifier", commandLine({ append: `${KERNEL_WORDS} guestfs_identifier=thread1` }), {}],
])("understands %s", (_what, args, difference) => {
  expect(read(args)).toEqual({ ...PLAIN, ...difference });
});

test("keeps the disks' options and their order", () => {
  const strange = "file=/tmp/a,,b=c d,format=qcow2,discard=unmap,cache=unsafe,id=hd1,if=none";
  const disks = [...readOnlyDisk(0), "-drive", strange, "-device", "scsi-hd,drive=hd1", ...readOnlyDisk(2)];

  const launch = read(commandLine({ disks }));

  expect(launch).toMatchObject({ disks: [{ device: "scsi-hd,drive=hd0" }, { drive: strange }, {}] });
});

test("understands what newer ones say", () => {
  const args = commandLine().filter((word) => word !== "-no-hpet");

  expect(read(args.map((word) => (word === "max,la57=off" ? "max" : word)))).toEqual(PLAIN);
});

const [, , ...second] = readOnlyDisk(1);
describe("does not understand", () => {
  test.each<[string, readonly string[]]>([
    ["an option of the user", commandLine({ more: ["-device", "ich9-intel-hda"] })],
    ["a word for the kernel", commandLine({ append: `${KERNEL_WORDS} init=/bin/sh` })],
    ["virt-rescue", commandLine({ append: `${KERNEL_WORDS} guestfs_rescue=1` })],
    ["SELinux", commandLine({ append: KERNEL_WORDS.replace("selinux=0", "selinux=1") })],
    ["another disk controller", commandLine({ disks: ["-drive", RAW_DRIVE, "-device", "virtio-blk-pci,drive=hd0"] })],
    ["a disk of another bus", commandLine({ disks: ["-drive", RAW_DRIVE.replace("if=none", "if=ide")] })],
    ["a disk on another machine", commandLine({ disks: disk("file=nbd:localhost:10809,id=hd0,if=none") })],
    ["a URL", commandLine({ disks: disk("file=https://example.org/a,id=hd0,if=none") })],
    ["a driver's options", commandLine({ disks: disk("file.driver=ssh,file.path=/a,file.host=b,id=hd0,if=none") })],
    ["a protocol behind a file", commandLine({ disks: disk("file=/a,file=nbd:b,id=hd0,if=none") })],
    ["a key it does not know", commandLine({ disks: disk("file=/a,throttling.bps-total=1,id=hd0,if=none") })],
    ["a drive of qemu's own snapshots", commandLine({ disks: disk("file=/a,snapshot=on,id=hd0,if=none") })],
    ["disks out of order", commandLine({ disks: [...readOnlyDisk(1), ...readOnlyDisk(0)] })],
    ["a disk that is there twice", commandLine({ disks: [...readOnlyDisk(0), ...readOnlyDisk(0)] })],
    ["a drive without a device", commandLine({ disks: ["-drive", RAW_DRIVE] })],
    ["a device without a drive", commandLine({ disks: second })],
    ["a device that is not its drive's", commandLine({ disks: ["-drive", RAW_DRIVE, "-device", "scsi-hd,drive=hd1"] })],
    ["two memory sizes", commandLine({ more: ["-m", "512"] })],
    ["a memory size with a unit", commandLine({ memsize: "1G" })],
    ["a network of its own kind", commandLine({ more: ["-netdev", "stream,id=usernet,addr.type=unix,addr.path=/a"] })],
    ["a network that the kernel is not told of", commandLine({ more: NETWORK })],
    ["half a network", commandLine({ more: NETWORK.slice(0, 2), append: `${KERNEL_WORDS} guestfs_network=1` })],
    ["another machine", commandLine({ machine: "q35,accel=tcg" })],
    ["libvirt's or anybody's command line", ["-nodefaults", "-kernel", "/a", "-chardev", SOCKET]],
    ["a file name with a line feed", commandLine({ disks: disk("file=/a\nb,id=hd0,if=none") })],
    ["no arguments", []],
  ])("%s", (_what, args) => {
    expect(read(args)).toEqual(expect.any(String));
  });
});

test("does not take a line that lacks an option for a whole one; newer ones lack -no-hpet", () => {
  const options = splitOptions(commandLine()) ?? [];

  const enough = options.filter((one) => typeof understand(options.filter((other) => other !== one)) !== "string");

  expect(enough.map(({ name }) => name)).toEqual(["-no-hpet"]);
});

test("a word where an option should be is no command line", () => {
  expect(splitOptions(["disk.img"])).toBeUndefined();
  expect(splitOptions(["-m", "512", "disk.img"])).toBeUndefined();
  expect(splitOptions([""])).toBeUndefined();
});

test("no command line makes it throw, and a launch it gives holds every disk of the line", () => {
  const group = fc.constantFrom(
    readOnlyDisk(0),
    readOnlyDisk(1),
    readOnlyDisk(2),
    ["-smp", "2"],
    ["-drive", RAW_DRIVE],
  );
  const extra = fc.array(fc.oneof(group, fc.array(fc.string(), { maxLength: 2 })), { maxLength: 4 });
  fc.assert(
    fc.property(extra, fc.nat({ max: 40 }), (groups, at) => {
      const args = [...commandLine({ disks: [] })];
      args.splice(at, 0, ...groups.flat());
      const launch = read(args);
      fc.pre(typeof launch !== "string");
      const drives = args.filter((word, place) => args[place - 1] === "-drive" && !word.includes("id=appliance"));
      expect(launch).toMatchObject({ disks: drives.map((drive) => ({ drive })) });
    }),
  );
});

function disk(drive: string): readonly string[] {
  return ["-drive", drive, "-device", "scsi-hd,drive=hd0"];
}
