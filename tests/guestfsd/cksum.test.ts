/** The CRC of cksum(1), against known values. */
import { expect, it } from "vitest";

import { Cksum } from "../../guestfsd/cksum.ts";

it.each([
  ["nothing", "", "4294967295"],
  ["the standard's check text", "123456789", "930766865"],
  ["a line", "test\n", "935282863"],
])("of %s", (_name, text, expected) => {
  const crc = new Cksum();
  crc.update(Buffer.from(text));

  expect(crc.digest()).toBe(expected);
});

it("does not depend on the pieces", () => {
  const crc = new Cksum();
  for (const byte of Buffer.from("123456789")) crc.update(Uint8Array.of(byte));

  expect(crc.length).toBe(9);
  expect(crc.digest()).toBe("930766865");
});

it("counts a length of several bytes", () => {
  const crc = new Cksum();
  crc.update(new Uint8Array(100_000));

  expect(crc.digest()).toBe("1260869142");
});
