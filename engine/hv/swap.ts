/**
 * Puts gild's appliance into a qemu command line of libguestfs in place of the one that is there, and leaves everything else as it
 * is: for launches that a template cannot serve. Pure.
 */
import type { Appliance } from "../appliance-search.ts";
import type { QemuOption } from "./command-line.ts";

/** Words by which libguestfs asks the appliance's init for something that gild's init does not do (virt-rescue's shell). */
const FOREIGN_WISH = /^guestfs_(?!verbose=|network=|identifier=)/;

/** @returns the new arguments, or a sentence for people when they cannot be made */
export function swapAppliance(
  options: readonly QemuOption[],
  { kernel, initrd, root }: Appliance,
  accelerator: "kvm" | "tcg",
): readonly string[] | string {
  if (root === undefined) return "the appliance has no root disk";
  const words = only(options, "-append")?.split(" ");
  if (words === undefined) return "not one -append";
  const wish = words.find((word) => FOREIGN_WISH.test(word));
  if (wish !== undefined) return `the appliance cannot do ${wish}`;
  for (const name of ["-kernel", "-initrd"]) if (only(options, name) === undefined) return `not one ${name}`;
  const drives = options.filter(({ name, value = "" }) => name === "-drive" && isRoot(value));
  const [drive] = drives;
  if (drives.length > 1) return "more than one appliance's disk";

  const rootDrive = `file=${root.file.replaceAll(",", ",,")},snapshot=on,id=appliance,cache=unsafe,if=none,format=raw`;
  const append = [...words.filter((word) => !word.startsWith("root=")), `root=UUID=${root.uuid}`].join(" ");
  const swapped = options.map((option): QemuOption => {
    if (option === drive) return { ...option, value: rootDrive };
    if (option.name === "-kernel") return { ...option, value: kernel };
    if (option.name === "-initrd") return { ...option, value: initrd };
    if (option.name === "-append") return { ...option, value: append };
    // What libguestfs leaves to qemu is known here: see accel.ts.
    if (option.name === "-machine") return { ...option, value: option.value?.replace("kvm:tcg", accelerator) };
    return option;
  });
  const args = swapped.flatMap(({ name, value }) => (value === undefined ? [name] : [name, value]));
  // An old-style appliance has no disk.
  return drive === undefined ? [...args, "-drive", rootDrive, "-device", "scsi-hd,drive=appliance"] : args;
}

/** The value of an option that is there once. */
function only(options: readonly QemuOption[], wanted: string): string | undefined {
  const found = options.filter(({ name }) => name === wanted);
  return found.length === 1 ? found[0]?.value : undefined;
}

function isRoot(drive: string): boolean {
  return drive.replaceAll(",,", "\0").split(",").includes("id=appliance");
}
