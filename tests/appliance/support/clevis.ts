/**
 * LUKS2 devices that Clevis opens without anybody's help: bound to its pin `null`, whose key stands in the token itself (RFC 7516,
 * compact JWE with direct encryption).
 */
import { createCipheriv, randomBytes } from "node:crypto";
import { truncateSync, writeFileSync } from "node:fs";

import { mustRun } from "./program.ts";

/** Makes an image with a LUKS2 device that `passphrase` opens, and a token with which Clevis finds that passphrase. */
export async function writeBoundDevice(path: string, sizeBytes: number, passphrase: string): Promise<void> {
  writeFileSync(path, "");
  truncateSync(path, sizeBytes);
  const cheap = ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"];
  await mustRun("cryptsetup", ["-q", "luksFormat", "--type", "luks2", ...cheap, "--key-file", "-", path], {
    stdin: passphrase,
  });
  const token = { type: "clevis", keyslots: ["0"], jwe: encrypt(passphrase) };
  await mustRun("cryptsetup", ["token", "import", path], { stdin: JSON.stringify(token) });
}

function encrypt(text: string): Readonly<Record<string, string>> {
  const key = randomBytes(32);
  const iv = randomBytes(12);
  const jwk = { alg: "A256GCM", k: key.toString("base64url"), key_ops: ["encrypt", "decrypt"], kty: "oct" };
  const header = { alg: "dir", clevis: { null: { jwk }, pin: "null" }, enc: "A256GCM" };
  const bound = Buffer.from(JSON.stringify(header)).toString("base64url");
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(bound));
  const ciphertext = Buffer.concat([cipher.update(text), cipher.final()]).toString("base64url");
  const tag = cipher.getAuthTag().toString("base64url");
  return { ciphertext, encrypted_key: "", iv: iv.toString("base64url"), protected: bound, tag };
}
