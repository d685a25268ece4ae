/** Calls on paths of a hostile guest, for containment.test.ts: the families of plain files. */

export type Call = readonly [action: string, args?: Readonly<Record<string, unknown>>];

export interface Attack {
  readonly action: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly file?: Uint8Array | string;
  /** Calls before it, that must not fail. */
  readonly before?: readonly Call[];
}

/** `/etc`, or a name in it, leads out of the guest. */
export const FILE_ATTACKS: readonly Attack[] = [
  { action: "ll", args: { directory: "/etc" } },
  { action: "llz", args: { directory: "/etc/secret" } },
  { action: "equal", args: { file1: "/etc/secret", file2: "/data/secret" } },
  { action: "hexdump", args: { path: "/etc/secret" } },
  { action: "wc_l", args: { path: "/etc/secret" } },
  { action: "head", args: { path: "/etc/secret" } },
  { action: "tail", args: { path: "/etc/secret" } },
  { action: "strings", args: { path: "/etc/secret" } },
  { action: "grep", args: { regex: "secret", path: "/etc/secret" } },
  { action: "zfgrepi", args: { pattern: "secret", path: "/etc/secret" } },
  { action: "file", args: { path: "/etc/secret" } },
  { action: "zfile", args: { meth: "gzip", path: "/etc/secret" } },
  { action: "du", args: { path: "/etc/secret" } },
  { action: "write_file", args: { path: "/etc/secret", content: "overwritten", size: 0 } },
  { action: "fill", args: { c: 65, len: 10, path: "/etc/secret" } },
  { action: "fill_pattern", args: { pattern: "x", len: 10, path: "/etc/new" } },
  { action: "fill_dir", args: { dir: "/etc", nr: 2 } },
  { action: "dd", args: { src: "/etc/secret", dest: "/copy" } },
  { action: "dd", args: { src: "/data/secret", dest: "/etc/new" } },
  { action: "copy_size", args: { src: "/data/secret", dest: "/etc/secret", size: 3n } },
  { action: "fallocate64", args: { path: "/etc/secret", len: 10n } },
  { action: "base64_in", args: { filename: "/etc/secret" }, file: "b3ZlcndyaXR0ZW4=" },
  { action: "base64_out", args: { filename: "/etc/secret" } },
  { action: "compress_out", args: { ctype: "gzip", file: "/etc/secret" } },
  { action: "rename", args: { oldpath: "/etc/secret", newpath: "/data/moved" } },
  { action: "rename", args: { oldpath: "/data/secret", newpath: "/etc/secret" } },
  { action: "mktemp", args: { tmpl: "/etc/newXXXXXX" } },
  { action: "copy_attributes", args: { src: "/data/secret", dest: "/etc/secret", all: true } },
  { action: "case_sensitive_path", args: { path: "/ETC/Secret" } },
  { action: "get_e2attrs", args: { file: "/etc/secret" } },
  { action: "set_e2attrs", args: { file: "/etc/secret", attrs: "d" } },
  { action: "set_e2generation", args: { file: "/etc/secret", generation: 1n } },
  { action: "cpio_out", args: { directory: "/etc" } },
  { action: "cpio_out", args: { directory: "/" } },
  { action: "mklost_and_found", args: { mountpoint: "/etc" } },
  { action: "isoinfo", args: { isofile: "/etc/secret" } },
  { action: "initrd_list", args: { path: "/etc/secret" } },
  { action: "initrd_cat", args: { initrdpath: "/etc/secret", filename: "secret" } },
  { action: "mount_loop", args: { file: "/etc/secret", mountpoint: "/data" } },
  { action: "swapon_file", args: { file: "/etc/secret" } },
  { action: "swapoff_file", args: { file: "/etc/secret" } },
  // Not a directory that is really there: this machine's disk would be filled.
  { action: "zero_free_space", args: { directory: "/etc/secret" } },
];

/** `/fifo` is a pipe that nobody writes to or reads from. */
export const FIFO_CALLS: readonly Attack[] = [
  { action: "ll", args: { directory: "/" } },
  { action: "equal", args: { file1: "/fifo", file2: "/fifo" } },
  { action: "hexdump", args: { path: "/fifo" } },
  { action: "wc_c", args: { path: "/fifo" } },
  { action: "head", args: { path: "/fifo" } },
  { action: "strings", args: { path: "/fifo" } },
  { action: "grep", args: { regex: "x", path: "/fifo" } },
  { action: "file", args: { path: "/fifo" } },
  { action: "zfile", args: { meth: "gzip", path: "/fifo" } },
  { action: "du", args: { path: "/" } },
  { action: "write_file", args: { path: "/fifo", content: "text", size: 0 } },
  { action: "fill", args: { c: 65, len: 10, path: "/fifo" } },
  { action: "dd", args: { src: "/fifo", dest: "/to" } },
  { action: "fallocate64", args: { path: "/fifo", len: 10n } },
  { action: "base64_in", args: { filename: "/fifo" }, file: "dGV4dA==" },
  { action: "base64_out", args: { filename: "/fifo" } },
  { action: "compress_out", args: { ctype: "gzip", file: "/fifo" } },
  { action: "copy_attributes", args: { src: "/fifo", dest: "/fifo", all: true } },
  { action: "set_e2attrs", args: { file: "/fifo", attrs: "d" } },
  { action: "cpio_out", args: { directory: "/" } },
  { action: "isoinfo", args: { isofile: "/fifo" } },
  { action: "initrd_list", args: { path: "/fifo" } },
  { action: "mount_loop", args: { file: "/fifo", mountpoint: "/" } },
  { action: "swapon_file", args: { file: "/fifo" } },
];
