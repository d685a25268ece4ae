/**
 * Names that nobody has yet. Drawn from the kernel's generator: libc's own come from the clock, which two restored appliances
 * may read the same.
 */
import { closeSync, openSync, readSync } from "node:fs";

import { errnoCode } from "./errors.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const LENGTH = 6;
const TRIES = 100;

/** Calls `make` with six random letters until it does not fail with EEXIST. @throws what else `make` throws */
export function withRandomName<T>(make: (letters: string) => T): T {
  for (let tries = 1; ; tries += 1) {
    try {
      return make(randomLetters());
    } catch (error) {
      if (errnoCode(error) !== "EEXIST" || tries === TRIES) throw error;
    }
  }
}

function randomLetters(): string {
  const bytes = Buffer.alloc(LENGTH);
  const fd = openSync("/dev/urandom", "r");
  try {
    readSync(fd, bytes);
  } finally {
    closeSync(fd);
  }
  return Array.from(bytes, (byte) => LETTERS.charAt(byte % LETTERS.length)).join("");
}
