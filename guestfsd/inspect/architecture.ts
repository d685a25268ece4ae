/**
 * The processor that a program is for, with libguestfs's names (guestfs(3), file_architecture): by the header of ELF and of
 * Windows programs, compressed ones too, and of the programs in an initrd. Starts nothing but decompressors.
 */
import type { Commands, Sysroot } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { openFile, pieces } from "../file-reader.ts";
import { ByteReader } from "./byte-reader.ts";
import { isCpio, regularFiles } from "./cpio.ts";

interface Around {
  readonly sysroot: Sysroot;
  readonly command: Commands;
}

/** What is looked at of a file. A Windows program's header may lie that far in. */
const HEAD_SIZE = 4096;
/** An initrd larger than this when unpacked is no honest one. */
const UNPACKED_MAX = 512 * 1024 * 1024;

const ELF_MAGIC = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);
const PE_MAGIC = Buffer.from("PE\0\0", "latin1");

/** e_machine to name; `%` stands for 32 or 64, the size of its words. */
const ELF_MACHINES: Readonly<Record<number, string>> = {
  2: "sparc",
  3: "i386",
  6: "i386",
  8: "mips",
  18: "sparc",
  20: "ppc",
  21: "ppc64",
  22: "s390",
  40: "arm",
  43: "sparc64",
  50: "ia64",
  62: "x86_64",
  183: "aarch64",
  243: "riscv%",
  258: "loongarch%",
};

const PE_MACHINES: Readonly<Record<number, string>> = {
  0x14c: "i386",
  0x1c0: "arm",
  0x1c4: "arm",
  0x200: "ia64",
  0x5032: "riscv32",
  0x5064: "riscv64",
  0x8664: "x86_64",
  0xaa64: "aarch64",
};

const COMPRESSED: readonly (readonly [magic: string, argv: readonly string[]])[] = [
  ["1f8b", ["gzip", "-dc"]],
  ["425a68", ["bzip2", "-dc"]],
  ["fd377a585a00", ["xz", "-dc"]],
  ["5d0000", ["xz", "-dc", "--format=lzma"]],
  ["28b52ffd", ["zstd", "-dcq"]],
];

/** Programs that an initrd has, whatever made it. */
const INITRD_PROGRAM = /^(?:\.?\/)?(?:usr\/)?s?bin\/(?:ash|bash|busybox|cat|dash|kmod|ls|modprobe|mount|nash|rm|sh)$/;

/** @throws ActionError when the file cannot be read, or is no program whose architecture is known */
export function fileArchitecture(path: string, around: Around): string {
  const fd = about(path, () => openFile(around.sysroot, path));
  const reader = new ByteReader(pieces(fd), UNPACKED_MAX);
  try {
    const found = architectureOf(reader, around.command);
    if (found === undefined) throw new ActionError(`unknown architecture: ${path}`, "EINVAL");
    return found;
  } finally {
    reader.close();
  }
}

function architectureOf(reader: ByteReader, command: Commands): string | undefined {
  const head = reader.peek(HEAD_SIZE);
  if (isCpio(head)) return initrdArchitecture(reader, command);
  const unpacked = unpack(reader, command);
  if (unpacked === undefined) return programArchitecture(head);
  try {
    return architectureOf(unpacked, command);
  } finally {
    unpacked.close();
  }
}

/** The first program counts. An archive may be followed by others, and by a compressed one. */
function initrdArchitecture(reader: ByteReader, command: Commands): string | undefined {
  for (const { name, head } of regularFiles(reader, HEAD_SIZE)) {
    const found = INITRD_PROGRAM.test(name) ? programArchitecture(head) : undefined;
    if (found !== undefined) return found;
  }
  const rest = unpack(reader, command);
  if (rest === undefined) return undefined;
  try {
    return initrdArchitecture(rest, command);
  } finally {
    rest.close();
  }
}

function unpack(reader: ByteReader, command: Commands): ByteReader | undefined {
  const head = reader.peek(8).toString("hex");
  const argv = COMPRESSED.find(([magic]) => head.startsWith(magic))?.[1];
  return argv === undefined
    ? undefined
    : new ByteReader(command.stream(argv, { stdin: reader.rest() })[Symbol.iterator](), UNPACKED_MAX);
}

/** @param head the first bytes of a file */
export function programArchitecture(head: Buffer): string | undefined {
  return elfArchitecture(head) ?? windowsArchitecture(head);
}

/** `magic:4 | class:1 | data:1 | ... | type:u16 at 16 | machine:u16 at 18` (ELF specification). */
function elfArchitecture(head: Buffer): string | undefined {
  if (head.length < 20 || !head.subarray(0, 4).equals(ELF_MAGIC)) return undefined;
  const bits = head[4] === 2 ? "64" : "32";
  const isLittle = head[5] === 1;
  const name = ELF_MACHINES[isLittle ? head.readUInt16LE(18) : head.readUInt16BE(18)]?.replace("%", bits);
  if (name === "ppc64" && isLittle) return "ppc64le";
  if (name === "s390" && bits === "64") return "s390x";
  return name;
}

/** `MZ | ... | offset of the header:u32 at 60`, there `PE\0\0 | machine:u16` (Microsoft PE format). */
function windowsArchitecture(head: Buffer): string | undefined {
  if (head.length < 64 || head.toString("latin1", 0, 2) !== "MZ") return undefined;
  const at = head.readUInt32LE(60);
  if (at + 6 > head.length || !head.subarray(at, at + 4).equals(PE_MAGIC)) return undefined;
  return PE_MACHINES[head.readUInt16LE(at + 4)];
}
