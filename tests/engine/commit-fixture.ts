/** Small images with overlays over their bytes, written as a guest would through qemu-io. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, rm, stat } from "node:fs/promises";
import { promisify } from "node:util";

import type { CommitDisk } from "../../engine/commit.ts";
import { blockNode } from "../../engine/drive.ts";
import { identify } from "../../engine/file-identity.ts";
import { probeImage } from "../../engine/image-info.ts";
import { temporaryName } from "../../engine/image-paths.ts";
import { byteOverlaySize, createByteOverlay } from "../../engine/overlay.ts";

const execute = promisify(execFile);
const env = process.env;

export type Format = "raw" | "qcow2";

/** A disk of 4 MiB, the first MiB full of ones. */
export async function makeImage(path: string, format: Format, options: readonly string[] = []): Promise<void> {
  await execute("qemu-img", ["create", "-q", "-f", format, ...options, path, "4M"]);
  await execute("qemu-io", ["-f", format, "-c", "write -P 1 0 1M", path]);
}

/** What the guest of {@link makeOverlay} writes unless told otherwise: over data, into a hole, zeros over data. */
export const WRITES = ["write -P 2 64k 100k", "write -P 3 2M 300k", "write -z 512k 256k"];

/** An overlay beside the image with these qemu-io commands done to it. */
export async function makeOverlay(
  image: string,
  format: Format,
  writes: readonly string[] = WRITES,
): Promise<CommitDisk> {
  const probed = await probeImage(image, { env, format });
  const overlay = temporaryName(image, "overlay");
  await createByteOverlay({ path: overlay, sizeBytes: byteOverlaySize(probed), env });
  return await writeOverlay({ image, format, overlay }, writes);
}

/** A small disk and an overlay with small clusters, in which `pieces` places apart are changed (at most 16). */
export async function makeTinyDisk(image: string, format: Format, pieces: number): Promise<CommitDisk> {
  const overlay = temporaryName(image, "overlay");
  const small = format === "raw" ? [] : ["-o", "cluster_size=512"];
  await execute("qemu-img", ["create", "-q", "-f", format, ...small, image, "64k"]);
  await execute("qemu-io", ["-f", format, "-c", "write -P 1 0 40k", image]);
  const { size } = await stat(image);
  const room = format === "raw" ? size : 4 * size;
  await execute("qemu-img", ["create", "-q", "-f", "qcow2", "-o", "cluster_size=512", overlay, String(room)]);
  const writes = Array.from({ length: pieces }, (_, at) => `write -P ${at + 10} ${at * 4 + 1}k 1k`);
  return await writeOverlay({ image, format, overlay }, [...writes, "write -z 8k 4k", "write -P 9 34k 512"]);
}

async function writeOverlay(
  { image, format, overlay }: { readonly image: string; readonly format: Format; readonly overlay: string },
  writes: readonly string[],
): Promise<CommitDisk> {
  const node = `json:${JSON.stringify(blockNode({ filename: image, format, overlay }))}`;
  await execute("qemu-io", [...writes.flatMap((write) => ["-c", write]), node]);
  return { image, overlay, seen: await identify(image) };
}

/** What a guest sees, as a digest. */
export async function guestDigest(image: string, format: Format): Promise<string> {
  const copy = `${image}.guest`;
  await execute("qemu-img", ["convert", "-q", "-f", format, "-O", "raw", image, copy]);
  const digest = await fileDigest(copy);
  await rm(copy);
  return digest;
}

export async function fileDigest(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}

/** qemu's own opinion. @throws when it finds an error or a leak */
export async function checkQcow2(path: string): Promise<void> {
  await execute("qemu-img", ["check", "-q", "-f", "qcow2", path]);
}
