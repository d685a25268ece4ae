/**
 * probeImage(): what a disk image on the host is, found once: format, size, what it refers to. Own look at the header
 * first; then qemu-img checks it, with limits on time and memory. Headers are the guest's: nothing else of the image is
 * parsed on the host, and no file that a header names is opened unless the caller allowed it.
 */
import { constants } from "node:fs";
import { open, realpath, type FileHandle } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { deviceSize } from "./device.ts";
import { FOREIGN_FORMATS, isForeign, type DriveFormat, type DriveSource, type ForeignFormat } from "./drive.ts";
import { errnoOf } from "./errors.ts";
import { HostCommandError, runHostCommand } from "./host-command.ts";
import { ImageError } from "./image-error.ts";
import { sniff, SNIFF_SIZE } from "./image-sniff.ts";
import { readQcow2Header, type Qcow2Header } from "./qcow2-header.ts";
import type { Environment } from "./settings.ts";

export interface ProbeOptions {
  readonly env: Environment;
  /** The format, when the user knows it. */
  readonly format?: string | undefined;
  /** Files that may stand as backing file in a header; absolute paths. Default none. */
  readonly allow?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ProbedImage {
  /** Absolute, symbolic links resolved. */
  readonly path: string;
  readonly format: DriveFormat;
  readonly kind: "file" | "block";
  /** Bytes of the file or device. */
  readonly fileSize: bigint;
  /** Bytes the guest sees. */
  readonly virtualSize: bigint;
  /** The allowed backing file, with its own format and backing. */
  readonly backing?: DriveSource;
  /** Internal snapshots of a qcow2. */
  readonly snapshots: number;
}

/** Deepest chain of backing files. */
const CHAIN_MAX = 16;
const SECTOR = 512;
/** Where a VMDK has its size; without one, a text in it names the files that have the data. */
const VMDK_CAPACITY = 12;

/** @throws ImageError; HostCommandError when qemu-img is missing */
export async function probeImage(path: string, options: ProbeOptions): Promise<ProbedImage> {
  return probeAt(path, options, 0);
}

/** Limits for a program that reads a hostile header. */
export const HEADER_LIMITS = { cpuSeconds: 10, memoryBytes: 1 << 30, timeoutMs: 30_000, outputMax: 1 << 20 } as const;

/** @throws ImageError unsupported-format for an image that gild only reads */
export function requireWritten({ path, format }: Pick<ProbedImage, "path" | "format">): void {
  if (!isForeign(format)) return;
  const reason = `${format} images are read, not written (apply -o makes a new image; qemu-img converts this one)`;
  throw new ImageError("unsupported-format", path, reason);
}

async function probeAt(path: string, options: ProbeOptions, depth: number): Promise<ProbedImage> {
  const { real, head, size, kind } = await readHead(path);
  const format = chooseFormat(path, head, size, options.format);
  if (format === "raw") return { path: real, format, kind, fileSize: size, virtualSize: size, snapshots: 0 };

  if (isForeign(format)) return await probeForeign({ path, real, head, size, kind, format }, options);

  const header = readQcow2Header(head);
  if (typeof header === "string") throw new ImageError("corrupt", path, header);
  if (header.externalData) throw new ImageError("refers-elsewhere", path, "keeps its data in another file");
  if (header.encrypted) throw new ImageError("encrypted", path, "qcow2 encryption is not supported");
  const backing = await allowedBacking(path, real, header, options, depth);
  await checkWithQemu(path, real, "qcow2", options);
  const { virtualSize, snapshots } = header;
  const info = { path: real, format, kind, fileSize: size, virtualSize, snapshots };
  return backing === undefined ? info : { ...info, backing };
}

/** Of these headers only what could lead elsewhere is read here; their size is what qemu-img says. */
async function probeForeign(
  { path, real, head, size, kind, format }: Head & { readonly path: string; readonly format: ForeignFormat },
  options: ProbeOptions,
): Promise<ProbedImage> {
  if (format === "vmdk" && head.length >= 20 && head.readBigUInt64LE(VMDK_CAPACITY) === 0n)
    throw new ImageError("refers-elsewhere", path, "is a vmdk that keeps its data in other files");
  const info = await checkWithQemu(path, real, format, options);
  const virtualSize = Reflect.get(info, "virtual-size");
  if (typeof virtualSize !== "number") throw new ImageError("corrupt", path, "qemu-img does not say its size");
  if (Reflect.has(info, "backing-filename"))
    throw new ImageError("refers-elsewhere", path, `is a ${format} with a parent`);
  return { path: real, format, kind, fileSize: size, virtualSize: BigInt(virtualSize), snapshots: 0 };
}

interface Head {
  readonly real: string;
  readonly head: Buffer;
  readonly size: bigint;
  readonly kind: "file" | "block";
}

async function readHead(path: string): Promise<Head> {
  let file: FileHandle | undefined;
  try {
    const real = await realpath(path);
    // O_NONBLOCK: a FIFO must not hang us.
    file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await file.stat({ bigint: true });
    if (!stat.isFile() && !stat.isBlockDevice())
      throw new ImageError("not-an-image", path, "not a file or block device");
    const size = stat.isFile() ? stat.size : await deviceSize(real);
    const buffer = Buffer.alloc(SNIFF_SIZE);
    const { bytesRead } = await file.read(buffer, 0, SNIFF_SIZE, 0);
    return { real, head: buffer.subarray(0, bytesRead), size, kind: stat.isFile() ? "file" : "block" };
  } catch (cause) {
    if (cause instanceof ImageError) throw cause;
    if (errnoOf(cause) === "ENOENT") throw new ImageError("missing", path, "no such file", { cause });
    throw new ImageError(
      "unreadable",
      path,
      ["EACCES", "EPERM"].includes(errnoOf(cause)) ? "permission denied" : "cannot be read",
      {
        cause,
      },
    );
  } finally {
    await file?.close();
  }
}

function chooseFormat(path: string, head: Buffer, size: bigint, given: string | undefined): DriveFormat {
  const seen = sniff(head);
  if (given === "qcow2" || (given === undefined && seen.kind === "qcow2")) {
    if (seen.kind !== "qcow2") throw new ImageError("wrong-format", path, "has no qcow2 header");
    return "qcow2";
  }
  const foreign = FOREIGN_FORMATS.find((name) => name === given);
  if (foreign !== undefined || (given === undefined && seen.kind === "foreign")) {
    if (seen.kind !== "foreign" || (foreign !== undefined && seen.format !== foreign)) {
      throw new ImageError("wrong-format", path, `has no ${given} header`);
    }
    return seen.format;
  }
  if (given !== undefined && given !== "raw") {
    throw new ImageError("unsupported-format", path, `format ${given} is not known (convert it with qemu-img)`);
  }
  if (given === undefined && seen.kind === "other") {
    throw new ImageError("unsupported-format", path, `${seen.name} is not supported (convert it with qemu-img)`);
  }
  if (size < BigInt(SECTOR)) throw new ImageError("not-an-image", path, `only ${size} bytes long`);
  if (size % BigInt(SECTOR) !== 0n) throw new ImageError("not-an-image", path, `${size} bytes are not whole sectors`);
  if (given === "raw") return "raw";
  if (seen.kind === "no-disk") throw new ImageError("not-an-image", path, `is ${seen.name}`);
  if (seen.kind === "unknown") {
    const reason =
      "neither a qcow2 header nor a partition table nor a filesystem in it (if it is a raw disk, give the format raw)";
    throw new ImageError("not-an-image", path, reason);
  }
  return "raw";
}

async function allowedBacking(
  path: string,
  real: string,
  header: Qcow2Header,
  options: ProbeOptions,
  depth: number,
): Promise<DriveSource | undefined> {
  if (header.backing === undefined) return undefined;
  const refuse = (reason: string): never => {
    throw new ImageError("refers-elsewhere", path, reason);
  };
  // What is shown is the header's; JSON quoting keeps control characters off the terminal.
  const name = JSON.stringify(header.backing);
  if (/^[^/]*:/.test(header.backing)) refuse(`backing file ${name} is not a plain file name`);
  const allowed = await Promise.all((options.allow ?? []).map((file) => realpath(file).catch(() => file)));
  const target = resolve(dirname(real), header.backing);
  const resolved = await realpath(target).catch(() => target);
  if (!allowed.includes(resolved))
    refuse(`needs the backing file ${name}, which is not allowed (trusted? qemu-img convert makes one file of both)`);
  if (header.backingFormat === undefined) refuse(`does not say the format of its backing file ${name}`);
  if (depth >= CHAIN_MAX) refuse(`more than ${CHAIN_MAX} backing files`);
  const below = await probeAt(resolved, { ...options, format: header.backingFormat }, depth + 1);
  const source = { filename: below.path, format: below.format };
  return below.backing === undefined ? source : { ...source, backing: below.backing };
}

/** qemu-img opens the header's tables as qemu will. It does not open the backing file. @returns what it says of the image */
async function checkWithQemu(path: string, real: string, format: DriveFormat, options: ProbeOptions): Promise<object> {
  try {
    const limits = { ...HEADER_LIMITS, env: options.env, signal: options.signal };
    const argv = ["qemu-img", "info", "-U", "--output=json", "-f", format, `file:${real}`] as const;
    const { stdout } = await runHostCommand(argv, limits);
    const info: unknown = JSON.parse(Buffer.from(stdout).toString("utf8"));
    return typeof info === "object" && info !== null ? info : {};
  } catch (error) {
    if (!(error instanceof HostCommandError) || error.code === "missing") throw error;
    throw new ImageError("corrupt", path, `qemu-img cannot open it: ${error.message}`, { cause: error });
  }
}
