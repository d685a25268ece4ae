/**
 * What must not be shown of a diff: files that are secret by their place or content, and the secret values of the recipe
 * wherever they turn up. Pure.
 */
import { textFromBytes, type Secret } from "../../schemas/index.ts";

const HIDDEN = "(secret)";
/** Shorter values would blank out half of every text. */
const VALUE_MIN = 4;
const LINE_MIN = 8;

const secretPaths: readonly RegExp[] = [
  /^\/etc\/g?shadow-?$/u,
  /^\/etc\/(security\/)?opasswd$/u,
  /^\/etc\/ssh\/ssh_host_[^/]*_key$/u,
  /^\/etc\/(ssl|pki\/[^/]+)\/private\//u,
  /^\/etc\/krb5\.keytab$/u,
  /^\/etc\/NetworkManager\/system-connections\//u,
  /^\/etc\/wireguard\//u,
  /^\/(var\/lib\/systemd|etc)\/(random-seed|credential\.secret)$/u,
  /\/\.ssh\/id_[^/.]+$/u,
  /\/\.(pgpass|netrc|my\.cnf)$/u,
  /\/\.gnupg\//u,
  /\.(key|p12|pfx|jks)$/u,
];

const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/u;

export class Redactor {
  readonly #values = new Set<string>();
  readonly #paths = new Set<string>();

  /** @param secrets values of the recipe that must never be shown */
  constructor(secrets: readonly Secret[] = []) {
    for (const secret of secrets) this.addValue(secret.reveal());
  }

  /** A value to hide; each of its longer lines too. */
  addValue(value: string | Uint8Array): void {
    const text = typeof value === "string" ? value : textFromBytes(value);
    const trimmed = text.trim();
    if (trimmed.length >= VALUE_MIN) this.#values.add(trimmed);
    if (!trimmed.includes("\n")) return;
    for (const line of trimmed.split("\n")) if (line.trim().length >= LINE_MIN) this.#values.add(line.trim());
  }

  /** A file whose content a secret argument gave. */
  addPath(path: string): void {
    this.#paths.add(path);
  }

  /** True where the content may not be shown, whatever it is. */
  isSecretPath(path: string): boolean {
    return this.#paths.has(path) || secretPaths.some((pattern) => pattern.test(path));
  }

  /** True where the content gives itself away. */
  isSecretText(text: string): boolean {
    return PRIVATE_KEY.test(text);
  }

  /** The text with every secret value replaced. */
  hide(text: string): string {
    let hidden = text;
    const longestFirst = [...this.#values].sort((a, b) => b.length - a.length);
    for (const value of longestFirst) hidden = hidden.replaceAll(value, HIDDEN);
    return hidden;
  }
}
