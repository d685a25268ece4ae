/**
 * Daemon side of schemas/actions/luks.ts. Keys reach cryptsetup through pipes as key files: every byte counts, none is seen
 * in an argument list.
 */
import { writeSync } from "node:fs";

import { bytesFromText, type families, type HandlersOf } from "../../schemas/index.ts";
import type { Commands, Context } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { checkMapName, MAPPER } from "../map-name.ts";
import { closeQuietly } from "../native/libc.ts";
import { probeDevice } from "../native/blkid.ts";
import { pipe } from "../native/process.ts";

const NEW_KEY_FD = 3;
/** A pipe holds this much before anybody reads. */
const KEY_MAX = 32 * 1024;

export const luks = {
  luks_format({ device, key, keyslot }, { command }) {
    format(command, device, key, keyslot, []);
  },

  luks_format_cipher({ device, key, keyslot, cipher }, { command }) {
    format(command, device, key, keyslot, ["--cipher", cipher]);
  },

  cryptsetup_open({ device, key, mapname, readonly, crypttype, cipher }, context) {
    const type = crypttype ?? encryptionOf(device, context);
    const options = ["--type", type, ...(readonly === true ? ["--readonly"] : [])];
    if (cipher !== undefined) options.push("--cipher", cipher);
    openMapped(context.command, device, key, mapname, options);
  },

  cryptsetup_close({ device }, context) {
    close(device, context);
  },

  luks_open({ device, key, mapname }, { command }) {
    openMapped(command, device, key, mapname, ["--type", "luks"]);
  },

  luks_open_ro({ device, key, mapname }, { command }) {
    openMapped(command, device, key, mapname, ["--type", "luks", "--readonly"]);
  },

  luks_close({ device }, context) {
    close(device, context);
  },

  luks_add_key({ device, key, newkey, keyslot }, { command }) {
    const { read, write } = pipe();
    try {
      writeSync(write, keyBytes(newkey));
      closeQuietly(write);
      const options = ["--key-slot", String(keyslot), "--key-file", "-"];
      command.check(["cryptsetup", "-q", ...options, "luksAddKey", device, `/proc/self/fd/${NEW_KEY_FD}`], {
        stdin: keyBytes(key),
        fds: { [NEW_KEY_FD]: read },
      });
    } finally {
      closeQuietly(read);
    }
  },

  luks_kill_slot({ device, key, keyslot }, { command }) {
    cryptsetup(command, key, ["luksKillSlot", device, String(keyslot)]);
  },

  luks_uuid({ device }, { devices }) {
    const shown = devices.toApi(device);
    const found = about(shown, () => probeDevice(device));
    if (found.get("TYPE") !== "crypto_LUKS") throw new ActionError(`${shown}: not a LUKS device`, "EINVAL");
    return found.get("UUID") ?? "";
  },
} satisfies HandlersOf<typeof families.luks, Context>;

/** Runs cryptsetup with the key on its standard input. */
function cryptsetup(command: Commands, key: string, args: readonly string[]): void {
  command.check(["cryptsetup", "-q", "--key-file", "-", ...args], { stdin: keyBytes(key) });
}

function keyBytes(key: string): Uint8Array {
  const bytes = bytesFromText(key);
  if (bytes.length > KEY_MAX) throw new ActionError(`the key is over ${KEY_MAX} bytes`, "EINVAL");
  return bytes;
}

function format(command: Commands, device: string, key: string, keyslot: number, options: readonly string[]): void {
  cryptsetup(command, key, [...options, "--key-slot", String(keyslot), "luksFormat", device]);
}

function openMapped(command: Commands, device: string, key: string, mapname: string, options: readonly string[]): void {
  checkMapName(mapname);
  cryptsetup(command, key, ["open", ...options, device, mapname]);
}

function encryptionOf(device: string, { devices }: Pick<Context, "devices">): string {
  const shown = devices.toApi(device);
  const type = about(shown, () => probeDevice(device)).get("TYPE");
  if (type === "crypto_LUKS") return "luks";
  if (type === "BitLocker") return "bitlk";
  throw new ActionError(`${shown}: unknown encrypted device type`, "EINVAL");
}

function close(device: string, { command, devices }: Context): void {
  if (!device.startsWith(MAPPER)) {
    throw new ActionError(`${devices.toApi(device)}: only a device under ${MAPPER} can be closed`, "EINVAL");
  }
  command.check(["cryptsetup", "-q", "close", device.slice(MAPPER.length)]);
}
