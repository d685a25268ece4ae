/** Daemon side of schemas/actions/swap.ts. */
import { statSync } from "node:fs";

import { bytesFromText, type families, type HandlersOf } from "../../schemas/index.ts";
import type { Context, Devices } from "../context.ts";
import { about } from "../errors.ts";
import { refuseLong, SWAP_LABEL_BYTES } from "../label-length.ts";
import { swapoff, swapon } from "../native/block-device.ts";
import { wipeSignatures } from "../native/blkid.ts";
import { findDevice } from "./findfs.ts";

export const swap = {
  mkswap({ device, label, uuid }, context) {
    make(context, device, [...labelOption(label), ...option("-U", uuid)]);
  },

  mkswap_L({ label, device }, context) {
    make(context, device, labelOption(label));
  },

  mkswap_U({ uuid, device }, context) {
    make(context, device, ["-U", uuid]);
  },

  mkswap_file({ path }, { command, sysroot }) {
    about(path, () => sysroot.inside(() => statSync(Buffer.from(bytesFromText(path)))));
    command.check(["mkswap", "-f", path], { root: "walk" });
  },

  swapon_device({ device }, { devices }) {
    use(devices, device);
  },

  swapoff_device({ device }, { devices }) {
    leave(devices, device);
  },

  swapon_label({ label }, { devices }) {
    use(devices, findDevice(devices, "LABEL", label));
  },

  swapoff_label({ label }, { devices }) {
    leave(devices, findDevice(devices, "LABEL", label));
  },

  swapon_uuid({ uuid }, { devices }) {
    use(devices, findDevice(devices, "UUID", uuid));
  },

  swapoff_uuid({ uuid }, { devices }) {
    leave(devices, findDevice(devices, "UUID", uuid));
  },

  swapon_file({ file }, { sysroot }) {
    about(file, () => {
      sysroot.inside(() => {
        swapon(file);
      });
    });
  },

  swapoff_file({ file }, { sysroot }) {
    about(file, () => {
      sysroot.inside(() => {
        swapoff(file);
      });
    });
  },
} satisfies HandlersOf<typeof families.swap, Context>;

function make({ command, devices }: Context, device: string, options: readonly string[]): void {
  about(devices.toApi(device), () => {
    wipeSignatures(device);
  });
  command.check(["mkswap", "-f", ...options, device]);
}

const option = (name: string, value: string | undefined): readonly string[] =>
  value === undefined ? [] : [name, value];

function labelOption(label: string | undefined): readonly string[] {
  if (label !== undefined) refuseLong("swap", label, SWAP_LABEL_BYTES);
  return option("-L", label);
}

function use(devices: Devices, device: string): void {
  about(devices.toApi(device), () => {
    swapon(device);
  });
}

function leave(devices: Devices, device: string): void {
  about(devices.toApi(device), () => {
    swapoff(device);
  });
}
