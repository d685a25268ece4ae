/**
 * Copies between devices of the appliance and regular files of the guest, in all four directions: opens both ends, checks
 * that the bytes are there and fit before anything is written, makes the destination ready. Moves no byte itself.
 */
import { closeSync, constants, fstatSync, ftruncateSync, openSync } from "node:fs";

import type { Context } from "./context.ts";
import { about, ActionError, failure } from "./errors.ts";
import { fsPath } from "./file-name.ts";
import { openDevice, openFile } from "./file-reader.ts";
import { sizeOf } from "./native/block-device.ts";
import { copyRange } from "./range-copy.ts";

export interface End {
  readonly kind: "device" | "file";
  /** Real name of a device, path of a file in the guest. */
  readonly name: string;
}

export interface CopyOptions {
  readonly srcoffset?: bigint | undefined;
  readonly destoffset?: bigint | undefined;
  readonly size?: bigint | undefined;
  readonly sparse?: boolean | undefined;
  readonly append?: boolean | undefined;
}

const NEW_FILE_MODE = 0o666;
const { O_CREAT, O_NOCTTY, O_NONBLOCK, O_WRONLY } = constants;

/**
 * @throws ActionError EINVAL for impossible offsets, a source that is too short, a file that would be copied over itself;
 *   ENOSPC when the destination is too small
 */
export function copyBetween(context: Context, src: End, dest: End, options: CopyOptions): void {
  const { srcoffset = 0n, destoffset = 0n, sparse = false, append = false } = options;
  refuseNegative(options);
  if (append && dest.kind === "device") {
    throw new ActionError("the append flag cannot be set for this call", "EINVAL");
  }
  const names = { from: shownName(src, context), to: shownName(dest, context) };
  withOpen(
    names.from,
    () => openSource(src, context),
    (from) => {
      const available = about(names.from, () => sizeFrom(src, from, srcoffset));
      const length = options.size ?? available;
      if (length > available) throw new ActionError(`${names.from}: input too short`, "EINVAL");
      withOpen(
        names.to,
        () => openDestination(dest, context),
        (to) => {
          const offset = about(names.to, () => {
            if (dest.kind === "device") return placeOnDevice(dest.name, destoffset, length);
            return placeInFile(to, from, append ? undefined : destoffset);
          });
          copyRange({
            from: { fd: from, name: names.from, offset: srcoffset },
            to: { fd: to, name: names.to, offset },
            length,
            sparse,
            progress: (done, total) => context.progress(done, total),
          });
          // Zeroes at the end were not written.
          if (sparse && dest.kind === "file") about(names.to, () => ftruncateSync(to, Number(offset + length)));
        },
      );
    },
  );
}

function refuseNegative({ srcoffset, destoffset, size }: CopyOptions): void {
  for (const [name, value] of Object.entries({ srcoffset, destoffset, size })) {
    if (value !== undefined && value < 0n) throw new ActionError(`${name} is negative`, "EINVAL");
  }
}

const shownName = ({ kind, name }: End, { devices }: Context): string =>
  kind === "device" ? devices.toApi(name) : name;

function withOpen(name: string, open: () => number, body: (fd: number) => void): void {
  const fd = about(name, open);
  try {
    body(fd);
  } finally {
    closeSync(fd);
  }
}

function openSource({ kind, name }: End, { sysroot }: Context): number {
  return kind === "device" ? openDevice(name) : openFile(sysroot, name);
}

/** A file is not truncated yet: first the copy must be known to be possible. */
function openDestination({ kind, name }: End, { sysroot }: Context): number {
  if (kind === "device") return openSync(name, O_WRONLY);
  return sysroot.inside(() => openSync(fsPath(name), O_WRONLY | O_CREAT | O_NOCTTY | O_NONBLOCK, NEW_FILE_MODE));
}

/** Bytes of the source from `offset` to its end. */
function sizeFrom({ kind, name }: End, fd: number, offset: bigint): bigint {
  const left = (kind === "device" ? sizeOf(name) : fstatSync(fd, { bigint: true }).size) - offset;
  if (left < 0n && kind === "device") throw failure("", "EINVAL");
  return left < 0n ? 0n : left;
}

function placeOnDevice(device: string, offset: bigint, length: bigint): bigint {
  if (offset + length > sizeOf(device)) throw failure("", "ENOSPC");
  return offset;
}

/** Truncates a file and gives the offset; without one, the copy goes to its end. */
function placeInFile(fd: number, source: number, offset: bigint | undefined): bigint {
  const stat = fstatSync(fd, { bigint: true });
  if (!stat.isFile()) throw new ActionError("not a regular file", "EINVAL");
  if (offset === undefined) return stat.size;
  const { dev, ino } = fstatSync(source, { bigint: true });
  if (dev === stat.dev && ino === stat.ino) {
    throw new ActionError("is the source too: truncating it would lose what is to be copied", "EINVAL");
  }
  ftruncateSync(fd);
  return offset;
}
