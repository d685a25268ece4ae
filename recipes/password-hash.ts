/**
 * Password hashes for /etc/shadow: SHA-512-crypt, which every glibc and musl guest understands. Computed on the host, so
 * that the password itself never enters the guest. Verifies SHA-crypt only: any other kind of hash is "not this password".
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { createRequire } from "node:module";

import type koffi from "koffi";
import { encrypt } from "unixcrypt";

const ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SALT_LENGTH = 16;
const ROUNDS = 100_000;
/** The guest's shadow file says how long a verification takes; beyond this it is not tried. */
const ROUNDS_MAX = 1_000_000;
/** Longest password: SHA-crypt's time grows with the square of it. Bytes. */
export const PASSWORD_MAX = 512;

type Crypt = (password: string, setting: string) => string | null;

/** A random salt of 96 bits. */
export function newSalt(): string {
  return Array.from(randomBytes(SALT_LENGTH), (byte) => ALPHABET[byte & 63]).join("");
}

/** The hash of a password, as it stands in /etc/shadow. */
export function hashPassword(password: string, salt: string): string {
  return crypt(password, `$6$rounds=${ROUNDS}$${salt}`);
}

/** Whether a field of /etc/shadow is a SHA-crypt hash of the password. */
export function isPasswordOf(password: string, field: string): boolean {
  const form = /^(?<setting>\$[56]\$(?:rounds=(?<rounds>[0-9]{1,9})\$)?[./0-9A-Za-z]{1,16})\$[./0-9A-Za-z]+$/.exec(
    field,
  );
  if (form === null || Number(form.groups?.["rounds"] ?? 0) > ROUNDS_MAX) return false;
  const [is, wanted] = [crypt(password, form.groups?.["setting"] ?? ""), field].map((text) => Buffer.from(text));
  return is !== undefined && wanted !== undefined && is.length === wanted.length && timingSafeEqual(is, wanted);
}

/** The field of a locked account: no password matches it; an existing hash is kept behind the mark. */
export function lockedField(field: string | undefined): string {
  if (field === undefined || field === "") return "!";
  return field.startsWith("!") || field.startsWith("*") ? field : `!${field}`;
}

/** crypt(3): the host's, six times as fast; the library's where the host has none, or none for this. */
function crypt(password: string, setting: string): string {
  const hash = (hostCrypt ??= loadCrypt())(password, setting);
  return hash?.startsWith("$") === true ? hash : encrypt(password, setting);
}

let hostCrypt: Crypt | undefined;

/** Loaded when the first password is met: most commands meet none. */
function loadCrypt(): Crypt {
  try {
    const { load } = createRequire(import.meta.url)("koffi") as typeof koffi;
    // It takes the two as C strings and gives a text that the next call overwrites.
    return load("libcrypt.so.1").func("const char *crypt(const char *key, const char *setting)") as Crypt;
  } catch {
    return () => null;
  }
}
