/** gild's appliance in libguestfs's command line: nothing else changes. */
import { expect, test } from "vitest";

import { splitOptions } from "../../../engine/hv/command-line.ts";
import { swapAppliance } from "../../../engine/hv/swap.ts";
import { commandLine, KERNEL_WORDS, ROOT_DRIVE, type Variation } from "./real-command-lines.ts";

const UUID = "01234567-89ab-cdef-0123-456789abcdef";
const APPLIANCE = {
  directory: "/c",
  kernel: "/c/kernel",
  initrd: "/c/initrd",
  root: { file: "/c,d/root", uuid: UUID },
} as const;
const NEW_ROOT = "file=/c,,d/root,snapshot=on,id=appliance,cache=unsafe,if=none,format=raw";

function swap(variation: Variation, appliance: Parameters<typeof swapAppliance>[1] = APPLIANCE): unknown {
  return swapAppliance(splitOptions(commandLine(variation)) ?? [], appliance, "tcg");
}

test("puts kernel, initrd, root disk and its UUID in the place of those that are there", () => {
  const before = commandLine();

  const after = swap({});

  expect(after).toEqual(
    before.map((word) => {
      if (word === ROOT_DRIVE) return NEW_ROOT;
      if (word === KERNEL_WORDS) return `${word.replace(/root=\S+ /, "")} root=UUID=${UUID}`;
      return word.replace("/var/tmp/.guestfs-0/appliance.d/", "/c/");
    }),
  );
});

test("keeps what it does not understand", () => {
  const more = ["-device", "ich9-intel-hda", "-fw_cfg", "name=opt/a,string=b"];

  const after = swap({ more, append: `${KERNEL_WORDS} debug`, disks: ["-drive", "file=nbd:a:1,id=hd0,if=virtio"] });

  expect(after).toEqual(expect.arrayContaining([...more, "file=nbd:a:1,id=hd0,if=virtio"]));
  expect(after).toEqual(expect.arrayContaining([expect.stringContaining(" debug ")]));
});

test("adds the root disk where the appliance had none", () => {
  const append = KERNEL_WORDS.replace(/root=\S+ /, "");

  const after = swap({ root: [], append });

  expect(after).toEqual(expect.arrayContaining(["-drive", NEW_ROOT, "-device", "scsi-hd,drive=appliance"]));
  expect(after).toEqual(expect.arrayContaining([`${append} root=UUID=${UUID}`]));
});

test("names the accelerator that is known to work", () => {
  expect(swap({ machine: "accel=kvm:tcg,graphics=off" })).toEqual(expect.arrayContaining(["accel=tcg,graphics=off"]));
});

test.each<[string, Variation]>([
  ["a rescue shell", { append: `${KERNEL_WORDS} guestfs_rescue=1` }],
  ["a wish of a later libguestfs", { append: `${KERNEL_WORDS} guestfs_new=1` }],
  ["two kernels", { more: ["-kernel", "/b"] }],
  ["two appliances", { more: ["-drive", ROOT_DRIVE] }],
  ["a second kernel command line", { more: ["-append", "a"] }],
])("refuses %s", (_what, variation) => {
  expect(swap(variation)).toEqual(expect.any(String));
});

test("refuses an appliance without a root disk", () => {
  const { directory, kernel, initrd } = APPLIANCE;

  expect(swap({}, { directory, kernel, initrd })).toEqual(expect.any(String));
});
