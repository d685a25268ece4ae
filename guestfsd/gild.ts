/** Daemon side of schemas/gild.ts: what was touched, and what is known of many files at once. */
import { constants } from "node:fs";

import {
  framedStruct,
  gildStructs,
  textFromBytes,
  type gildActions,
  type GildTouch,
  type HandlersOf,
} from "../schemas/index.ts";
import { takeHandle } from "./augeas-reserve.ts";
import { augeasTree } from "./augeas-tree.ts";
import { bulk } from "./bulk.ts";
import type { Context } from "./context.ts";
import { ActionError } from "./errors.ts";
import { openBelow } from "./file-reader.ts";
import { closeQuietly, O_PATH, open } from "./native/libc.ts";
import { packageNames } from "./rpm-database.ts";
import { mountedVolumes, openVolume } from "./volumes.ts";
import { startWatch, watchOf } from "./watch.ts";

/** Bytes to gather before they are sent on. */
const PIECE = 64 * 1024;
const NOTHING: GildTouch = gildStructs.touch.filler;

export const gild = {
  ...bulk,

  gild_volumes(_args, { sysroot, devices }) {
    return mountedVolumes(sysroot).map(({ device, mountpoint, prefix, type }) => ({
      device: devices.toApi(device),
      mountpoint,
      prefix,
      type,
    }));
  },

  gild_watch(_args, context) {
    context.sysroot.requireMounted();
    startWatch(context);
  },

  *gild_touched(_args, context) {
    let pieces: Uint8Array[] = [];
    let size = 0;
    for (const touch of touches(context)) {
      const bytes = framedStruct(gildStructs.touch, touch);
      pieces.push(bytes);
      size += bytes.length;
      if (size < PIECE) continue;
      yield Buffer.concat(pieces, size);
      pieces = [];
      size = 0;
    }
    yield Buffer.concat(pieces, size);
  },

  *gild_entries({ device, paths, trees, inodes, digests, contents }, context) {
    const root = rootOf(device, context);
    try {
      yield* context.tree.read({ root, paths, trees, inodes: inodes.map(parseInode), digests, contents });
    } finally {
      closeQuietly(root);
    }
  },

  gild_augeas_tree({ lens, content }, { sysroot, kept }) {
    return augeasTree(takeHandle(kept, sysroot), lens, content);
  },

  gild_rpm_packages({ device, path }, context) {
    const root = rootOf(device, context);
    try {
      return packageNames(context.command, path, (file) => openBelow(root, file));
    } finally {
      closeQuietly(root);
    }
  },
} satisfies HandlersOf<typeof gildActions, Context>;

function* touches({ kept, devices }: Context): Generator<GildTouch> {
  const watch = watchOf(kept);
  if (watch === undefined) throw new ActionError("you must call 'gild_watch' first");
  for (const [name, { paths, inodes, doubt }] of watch.touched()) {
    const device = devices.toApi(name);
    if (doubt !== undefined) yield { ...NOTHING, kind: "doubt", device, text: doubt };
    for (const [path, below] of paths) {
      const text = textFromBytes(Buffer.from(path, "latin1"));
      yield { ...NOTHING, kind: "path", device, text, below: below ? 1 : 0 };
    }
    for (const ino of inodes) yield { ...NOTHING, kind: "inode", device, ino };
  }
  for (const device of watch.opened()) yield { ...NOTHING, kind: "opened", device: devices.toApi(device) };
  for (const device of watch.written()) yield { ...NOTHING, kind: "written", device: devices.toApi(device) };
}

function rootOf(device: string, context: Context): number {
  const { sysroot, devices } = context;
  if (sysroot.standalone) return open(sysroot.path, O_PATH | constants.O_DIRECTORY);
  const real = devices.toReal(device);
  if (!devices.isDevice(real)) throw new ActionError(`${device}: no such device`, "ENODEV");
  return openVolume(context, real).fd;
}

function parseInode(text: string): bigint {
  if (!/^\d{1,20}$/.test(text)) throw new ActionError(`${text}: not an inode number`, "EINVAL");
  return BigInt(text);
}
