/**
 * qemu-img on the host, to make images: new blank ones and whole copies. The format is always named, never guessed by qemu;
 * every call has limits. Facts of foreign images and overlays are not made here.
 */
import { blockNode, type DriveSource } from "./drive.ts";
import { runHostCommand } from "./host-command.ts";
import type { Environment } from "./settings.ts";

export interface QemuImgOptions {
  readonly env: Environment;
  readonly signal?: AbortSignal | undefined;
}

/** Formats that gild writes. */
export type WrittenFormat = "qcow2" | "raw";

/** Copies of large images take long on slow disks. */
const COPY_TIMEOUT_MS = 6 * 3600 * 1000;
const MEMORY_MAX = 4 * 1024 ** 3;

/** qcow2 options that a copy keeps, by their names in `qemu-img info` and on the command line. */
const keptOptions: readonly (readonly [info: string, option: string])[] = [
  ["compat", "compat"],
  ["compression-type", "compression_type"],
  ["lazy-refcounts", "lazy_refcounts"],
  ["refcount-bits", "refcount_bits"],
  ["extended-l2", "extended_l2"],
];

/** Creation options that make a copy like this qcow2 image. */
export async function readCopyOptions(path: string, options: QemuImgOptions): Promise<string[]> {
  const { stdout } = await qemuImg(["info", "--output=json", "-U", "-f", "qcow2", fileName(path)], options, 60_000);
  return copyOptions(JSON.parse(Buffer.from(stdout).toString("utf8")));
}

/** @param info what `qemu-img info --output=json` prints of a qcow2 image */
export function copyOptions(info: unknown): string[] {
  const clusterSize = member(info, "cluster-size");
  const data = member(member(info, "format-specific"), "data");
  const options = typeof clusterSize === "number" ? [`cluster_size=${clusterSize}`] : [];
  for (const [name, option] of keptOptions) {
    const value = member(data, name);
    if (typeof value === "boolean") options.push(`${option}=${value ? "on" : "off"}`);
    else if (typeof value === "string" && /^[\w.]+$/u.test(value)) options.push(`${option}=${value}`);
    else if (typeof value === "number" && Number.isSafeInteger(value)) options.push(`${option}=${value}`);
  }
  // Version 2 files know no other options, and qemu-img refuses them by name.
  const old = options.includes("compat=0.10");
  return old ? options.filter((option) => /^(compat|cluster_size)=/u.test(option)) : options;
}

/** Makes a blank image. The file must exist (its mode is kept) or not; its content is replaced. @param size bytes */
export async function createImage(
  path: string,
  format: WrittenFormat,
  size: bigint,
  options: QemuImgOptions,
): Promise<void> {
  await qemuImg(["create", "-q", "-f", format, fileName(path), String(size)], options, 60_000);
}

/** Bytes that a copy needs at most. */
export async function measureCopy(
  source: DriveSource,
  format: WrittenFormat,
  options: QemuImgOptions,
): Promise<bigint> {
  const args = ["measure", "--output=json", "-O", format, nodeName(source)];
  const { stdout } = await qemuImg(args, options, 600_000);
  const required = member(JSON.parse(Buffer.from(stdout).toString("utf8")), "required");
  return typeof required === "number" ? BigInt(required) : 0n;
}

/** Copies what a guest would see of the source into a file of its own, sparse where it is zero. */
export async function copyImage(
  source: DriveSource,
  target: { readonly path: string; readonly format: WrittenFormat; readonly createOptions?: readonly string[] },
  options: QemuImgOptions,
): Promise<void> {
  const created = target.createOptions ?? [];
  const args = ["convert", "-q", "-O", target.format];
  if (created.length > 0) args.push("-o", created.join(","));
  await qemuImg([...args, nodeName(source), fileName(target.path)], options, COPY_TIMEOUT_MS);
}

async function qemuImg(
  args: readonly string[],
  options: QemuImgOptions,
  timeoutMs: number,
): ReturnType<typeof runHostCommand> {
  return await runHostCommand(["qemu-img", ...args], {
    env: options.env,
    signal: options.signal,
    timeoutMs,
    memoryBytes: MEMORY_MAX,
  });
}

/** A source with its overlay and backing files, each with its format. */
function nodeName(source: DriveSource): string {
  return `json:${JSON.stringify(blockNode(source))}`;
}

/** A path with a colon would be taken for a protocol. */
function fileName(path: string): string {
  return `file:${path}`;
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
