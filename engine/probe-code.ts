/**
 * The guest of the accelerator probe: a firmware image of 64 KiB that does nothing but prove that guest instructions run.
 * In assembly (GNU as, linked at F000:0000):
 *
 *     start:  cli; load the descriptor table; set CR0.PE; far jump to 32-bit code
 *     prot:   page tables at 0x1000 (identity, one 2 MiB page); CR4.PAE, EFER.LME, CR0.PG; far jump to 64-bit code
 *     long:   ecx = 1,000,000; again: add rbx, 3; loop again
 *             al = 0x2A; out 0xF4, al         (isa-debug-exit: qemu exits with status 0x2A * 2 + 1)
 *             hlt; jump back
 *     gdt:    null, 32-bit code, data, 64-bit code
 *
 * The way to 64-bit mode and the loop matter: real-mode code is emulated instruction by instruction on some hosts whose KVM
 * then hangs with the first code that the processor itself must run.
 */

/** Exit status of qemu when the probe has run. */
export const PROBE_STATUS = 0x2a * 2 + 1;

const SIZE = 64 * 1024;
const CODE =
  "fa6631c02e660f0116b8000f20c00c010f22c066ea1b000f00080066b810008ed88ec08ed0bf0010000031c0b9000c00" +
  "00f3abc7050010000003200000c7050020000003300000c7050030000083000000b8001000000f22d80f20e083c8200f" +
  "22e0b9800000c00f320d000100000f300f20c00d000000800f22c0ea82000f001800b940420f004883c303e2fab02ae6" +
  "f4f4ebfd0f1f40000000000000000000ffff0000009acf00ffff00000092cf00ffff0000009aaf001f0098000f00";
/** jmp F000:0000 at the processor's first instruction, 16 bytes below the end. */
const RESET = "ea000000f0";

export function probeFirmware(): Uint8Array {
  const image = Buffer.alloc(SIZE);
  image.set(Buffer.from(CODE, "hex"), 0);
  image.set(Buffer.from(RESET, "hex"), SIZE - 16);
  return image;
}
