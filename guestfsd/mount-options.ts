/** Mount options as after `mount -o` to the flags and the data of mount(2). Pure. */

export interface MountOptions {
  /** MS_* bits. */
  readonly flags: number;
  /** What is left for the filesystem itself, separated by commas. */
  readonly data: string;
}

interface Flag {
  readonly bit: number;
  readonly clear?: boolean;
}

/** MS_* of the kernel's linux/mount.h; options that mount(8) handles itself mean nothing here. */
const FLAGS: Readonly<Record<string, Flag>> = {
  defaults: { bit: 0 },
  ro: { bit: 1 },
  rw: { bit: 1, clear: true },
  nosuid: { bit: 2 },
  suid: { bit: 2, clear: true },
  nodev: { bit: 4 },
  dev: { bit: 4, clear: true },
  noexec: { bit: 8 },
  exec: { bit: 8, clear: true },
  sync: { bit: 16 },
  async: { bit: 16, clear: true },
  remount: { bit: 32 },
  mand: { bit: 64 },
  nomand: { bit: 64, clear: true },
  dirsync: { bit: 128 },
  noatime: { bit: 1024 },
  atime: { bit: 1024, clear: true },
  nodiratime: { bit: 2048 },
  diratime: { bit: 2048, clear: true },
  relatime: { bit: 1 << 21 },
  norelatime: { bit: 1 << 21, clear: true },
  strictatime: { bit: 1 << 24 },
  lazytime: { bit: 1 << 25 },
};

export function parseMountOptions(text: string): MountOptions {
  let flags = 0;
  const data: string[] = [];
  for (const option of text.split(",")) {
    const flag = FLAGS[option];
    if (flag === undefined) {
      if (option !== "") data.push(option);
    } else {
      flags = flag.clear === true ? flags & ~flag.bit : flags | flag.bit;
    }
  }
  return { flags, data: data.join(",") };
}
