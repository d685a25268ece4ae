/**
 * Drives: what add_drive takes, and how qemu is told. File names go to qemu inside JSON block options with the `file`
 * driver, so that no name is taken for a protocol and no header decides what is opened. Opens nothing.
 */
import { statSync } from "node:fs";
import { isAbsolute } from "node:path";

import { errnoOf, HandleError, LaunchError } from "./errors.ts";

export type DriveFormat = "raw" | "qcow2";

/** A file with a disk in it, and what it is based on. */
export interface DriveSource {
  readonly filename: string;
  /** Never guessed: a raw guest can write a qcow2 header into its first sector. */
  readonly format: DriveFormat;
  /** What the file is an overlay of. qcow2 only; without it a backing file named in the header is not opened. */
  readonly backing?: DriveSource | undefined;
  /** An overlay over the file's own bytes (createByteOverlay()): takes all that would be written to the file. */
  readonly overlay?: string | undefined;
}

/** Argument of add_drive (guestfs(3), add_drive_opts; same names). */
export interface AddDrive extends DriveSource {
  /** The file is never written; what the guest writes goes to a scratch overlay and is lost. Default false. */
  readonly readonly?: boolean | undefined;
  /** Bytes of a sector as the guest sees it. Default 512. */
  readonly blocksize?: 512 | 4096 | undefined;
  /** Name under /dev/disk/guestfs/, 1 to 20 letters. */
  readonly label?: string | undefined;
  /** `enable` and `besteffort` pass the guest's discards to the file. Default disable. */
  readonly discard?: "disable" | "enable" | "besteffort" | undefined;
  /** `unsafe` skips all syncs: for files that are thrown away after a crash. Default writeback. */
  readonly cachemode?: "writeback" | "unsafe" | undefined;
}

/** qemu gives up at more virtio-scsi targets than this; one is for the appliance. */
export const MOST_DRIVES = 255;

/** @throws HandleError bad-argument */
export function checkDrive(drive: AddDrive): void {
  const fail = (reason: string): never => {
    throw new HandleError("bad-argument", `add_drive: ${drive.filename}: ${reason}`);
  };
  for (let source: DriveSource | undefined = drive; source !== undefined; source = source.backing) {
    for (const name of [source.filename, source.overlay ?? source.filename]) {
      if (name === "" || name.includes("\0")) fail("not a file name");
    }
    // Types say so already; programs in JavaScript do not hear them.
    if (!["raw", "qcow2"].includes(source.format)) fail(`format ${source.format}: not raw or qcow2`);
    if (source.format === "raw" && source.backing !== undefined) fail("a raw image has no backing file");
  }
  if (drive.blocksize !== undefined && ![512, 4096].includes(drive.blocksize)) fail("blocksize: not 512 or 4096");
  if (drive.label !== undefined && !/^[A-Za-z]{1,20}$/.test(drive.label)) fail("label: not 1 to 20 letters");
}

/** A drive as qemu takes it: a block node, and the SCSI disk that shows it to the guest. */
export interface DrivePlug {
  readonly node: Readonly<Record<string, unknown>>;
  readonly device: Readonly<Record<string, unknown>>;
}

/** The n-th drive is node `hdN` on SCSI target N, for the command line as for QMP. @throws LaunchError drive-unusable */
export function drivePlug(drive: AddDrive, index: number): DrivePlug {
  const id = `hd${index}`;
  const { blocksize } = drive;
  return {
    node: {
      ...blockNode(drive),
      "node-name": id,
      "read-only": false,
      discard: (drive.discard ?? "disable") === "disable" ? "ignore" : "unmap",
      cache: { direct: false, "no-flush": drive.cachemode === "unsafe" },
    },
    device: {
      driver: "scsi-hd",
      id: `scsi-${id}`,
      bus: "scsi.0",
      "scsi-id": index,
      drive: id,
      device_id: id,
      ...(drive.label === undefined ? {} : { serial: drive.label }),
      ...(blocksize === undefined ? {} : { physical_block_size: blocksize, logical_block_size: blocksize }),
    },
  };
}

/** The block node of qemu for a source, as JSON. @throws LaunchError drive-unusable */
export function blockNode(source: DriveSource): Record<string, unknown> {
  const file = source.overlay === undefined ? fileNode(source.filename) : overlayNode(source.overlay, source.filename);
  if (source.format === "raw") return { driver: "raw", file };
  const backing = source.backing === undefined ? null : { ...blockNode(source.backing), "read-only": true };
  return { driver: "qcow2", file, backing };
}

function overlayNode(overlay: string, filename: string): Record<string, unknown> {
  const backing = { driver: "raw", file: fileNode(filename), "read-only": true };
  return { driver: "qcow2", file: fileNode(overlay), backing };
}

function fileNode(filename: string): Record<string, unknown> {
  if (!isAbsolute(filename)) throw new LaunchError("drive-unusable", `launch: ${filename}: not absolute`);
  return { driver: hostDriver(filename), filename };
}

function hostDriver(filename: string): "file" | "host_device" {
  try {
    return statSync(filename).isBlockDevice() ? "host_device" : "file";
  } catch (error) {
    const reason = errnoOf(error) === "ENOENT" ? "no such file" : "cannot be opened";
    throw new LaunchError("drive-unusable", `launch: ${filename}: ${reason}`, { cause: error });
  }
}
