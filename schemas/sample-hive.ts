/**
 * The smallest Windows Registry hive, for the tests that the hivex actions carry: a root key without values or subkeys.
 *
 *     0x0000  "regf" | ... | root key at 0x20 of the bins | size of the bins | ... | checksum of the first 508 bytes
 *     0x1000  "hbin" | size of the bin
 *     0x1020  cell: root key ("nk")        cells: size:i32, negative when in use | signature | ...
 *     0x1078  cell: security ("sk")
 *     0x1098  cell: free, to the end
 */
import { textFromBytes } from "./text.ts";

const PAGE = 0x1000;
const ROOT_KEY = 0x20;
const SECURITY = 0x78;
const FREE = 0x98;
const NOTHING = 0xffffffff;

/** Offset of the root key in the file, which is its handle. */
export const SAMPLE_HIVE_ROOT = PAGE + ROOT_KEY;

/** Content of the file, as text of bytes. */
export function sampleHive(): string {
  const bytes = new Uint8Array(2 * PAGE);
  const view = new DataView(bytes.buffer);
  const word = (at: number, value: number): void => view.setUint32(at, value, true);
  const half = (at: number, value: number): void => view.setUint16(at, value, true);
  const letters = (at: number, text: string): void => bytes.set(new TextEncoder().encode(text), at);

  letters(PAGE, "hbin");
  word(PAGE + 8, PAGE);

  const key = PAGE + ROOT_KEY;
  word(key, ROOT_KEY - SECURITY);
  letters(key + 4, "nk");
  half(key + 6, 0x2c); // Root of the hive, not to be deleted, name in Latin-1.
  for (const at of [32, 36, 44, 52]) word(key + at, NOTHING); // No subkeys, volatile ones, values, class.
  word(key + 48, SECURITY);
  half(key + 76, 4);
  letters(key + 80, "ROOT");

  const security = PAGE + SECURITY;
  word(security, SECURITY - FREE);
  letters(security + 4, "sk");
  word(security + 8, SECURITY);
  word(security + 12, SECURITY);
  word(security + 16, 1);
  word(PAGE + FREE, PAGE - FREE);

  letters(0, "regf");
  word(20, 1);
  word(24, 3);
  word(32, 1);
  word(36, ROOT_KEY);
  word(40, PAGE);
  word(44, 1);
  let checksum = 0;
  for (let at = 0; at < 508; at += 4) checksum ^= view.getUint32(at, true);
  word(508, checksum);
  return textFromBytes(bytes);
}
