/**
 * Takes the kernel out of a Linux/x86 boot image, so that qemu starts it directly (PVH) and nothing is decompressed under
 * emulation. Does not change the kernel.
 *
 * Boot image (Linux Documentation/x86/boot.rst): setup_sects:u8 at 0x1f1, "HdrS" at 0x202, payload_offset:u32 at 0x248,
 * payload_length:u32 at 0x24c; the payload lies payload_offset bytes into the protected-mode code, which starts after
 * (setup_sects + 1) sectors of 512 bytes; its last four bytes are the unpacked size.
 */
import { run } from "./run.ts";

const ELF_MAGIC = 0x7f454c46;

const DECOMPRESSORS: readonly { readonly magic: string; readonly argv: readonly [string, ...string[]] }[] = [
  { magic: "fd377a585a00", argv: ["xz", "--decompress", "--stdout", "--single-stream"] },
  { magic: "1f8b", argv: ["gzip", "--decompress", "--stdout"] },
];

/**
 * @param image a bzImage
 * @returns the ELF kernel inside it
 * @throws Error when the image has another form
 */
export async function extractKernel(image: Buffer): Promise<Buffer> {
  if (image.length < 0x250 || image.toString("latin1", 0x202, 0x206) !== "HdrS") {
    throw new Error("extract_kernel: not a linux boot image");
  }
  const setupSectors = image.readUInt8(0x1f1) || 4;
  const start = (setupSectors + 1) * 512 + image.readUInt32LE(0x248);
  const payload = image.subarray(start, start + image.readUInt32LE(0x24c) - 4);
  const leading = payload.toString("hex", 0, 6);
  const decompressor = DECOMPRESSORS.find(({ magic }) => leading.startsWith(magic));
  if (decompressor === undefined) throw new Error(`extract_kernel: unknown compression ${leading}`);
  const kernel = await run(decompressor.argv, { input: payload });
  if (kernel.length < 4 || kernel.readUInt32BE(0) !== ELF_MAGIC) throw new Error("extract_kernel: no ELF file inside");
  return kernel;
}
