/**
 * Drives: what add_drive takes, and how qemu is told. What other machines serve is in remote-drive.ts. File names go to qemu inside JSON block options with the `file`
 * driver, so that no name is taken for a protocol and no header decides what is opened. Opens nothing.
 */
import { statSync } from "node:fs";
import { isAbsolute } from "node:path";

import { errnoOf, HandleError, LaunchError } from "./errors.ts";
import { remoteMistake, remoteNode, type DriveProtocol } from "./remote-drive.ts";

/** raw and qcow2 are gild's own; the others are those of other hypervisors, which gild's commands read and do not write. */
export type DriveFormat = "raw" | "qcow2" | ForeignFormat;
export type ForeignFormat = (typeof FOREIGN_FORMATS)[number];
export const FOREIGN_FORMATS = ["vmdk", "vdi", "vhdx"] as const;
const FORMATS: readonly string[] = ["raw", "qcow2", ...FOREIGN_FORMATS];

export function isForeign(format: DriveFormat): format is ForeignFormat {
  return format !== "raw" && format !== "qcow2";
}

/** A file with a disk in it, and what it is based on. */
export interface DriveSource {
  /** With a protocol: what it is called on the server (remote-drive.ts). */
  readonly filename: string;
  /** Never guessed: a raw guest can write a qcow2 header into its first sector. */
  readonly format: DriveFormat;
  /** What the file is an overlay of. qcow2 only; without it a backing file named in the header is not opened. */
  readonly backing?: DriveSource | undefined;
  /** An overlay over the file's own bytes (createByteOverlay()): takes all that would be written to the file. */
  readonly overlay?: string | undefined;
  /** How another machine serves it; default: it is a file or a block device here. */
  readonly protocol?: DriveProtocol | undefined;
  /** `host`, `host:port`, `[address]:port`, or `unix:/socket` for nbd and gluster. Several for rbd and gluster alone. */
  readonly server?: readonly string[] | undefined;
  readonly username?: string | undefined;
}

/** Argument of add_drive (guestfs(3), add_drive_opts; same names). */
export interface AddDrive extends DriveSource, DriveOptions {
  /** Password, or base64 key of rbd. qemu reads it from a file that only this user can read. */
  readonly secret?: string | undefined;
}

/** A blank disk that is gone after shutdown (guestfs(3), add_drive_scratch; same names). */
export interface ScratchDrive extends Pick<DriveOptions, "blocksize" | "label"> {
  /** In bytes. */
  readonly size: bigint;
}

interface DriveOptions {
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
  /** Keeps in an overlay what was read from its backing file or server. Only where the drive has one to keep it in. Default false. */
  readonly copyonread?: boolean | undefined;
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
    if (!FORMATS.includes(source.format)) fail(`format ${source.format}: not ${FORMATS.join(", ")}`);
    if (source.format !== "qcow2" && source.backing !== undefined) fail(`a ${source.format} image has no backing file`);
    // Their drivers put new blocks behind the end of the file, and an overlay over its bytes has another end.
    if (isForeign(source.format) && source.overlay !== undefined) fail(`${source.format}: not under a byte overlay`);
    const mistake = sourceMistake(source, drive);
    if (mistake !== undefined) fail(mistake);
  }
  if (drive.copyonread === true && drive.readonly !== true && drive.backing === undefined) {
    fail("copyonread: no overlay to keep what was read in");
  }
  checkOptions(drive, fail);
}

/** @throws HandleError bad-argument */
export function checkScratch(drive: ScratchDrive): void {
  const fail = (reason: string): never => {
    throw new HandleError("bad-argument", `add_drive_scratch: ${reason}`);
  };
  if (drive.size <= 0n) fail(`size ${drive.size}: not more than 0`);
  checkOptions(drive, fail);
}

function checkOptions(drive: Pick<DriveOptions, "blocksize" | "label">, fail: (reason: string) => never): void {
  if (drive.blocksize !== undefined && ![512, 4096].includes(drive.blocksize)) fail("blocksize: not 512 or 4096");
  if (drive.label !== undefined && !/^[A-Za-z]{1,20}$/.test(drive.label)) fail("label: not 1 to 20 letters");
}

function sourceMistake(source: DriveSource, drive: AddDrive): string | undefined {
  const { filename, protocol, server = [], username, overlay } = source;
  // What lies under an overlay is only read.
  const { secret, readonly = source !== drive } = drive;
  if (protocol !== undefined) {
    if (overlay !== undefined) return `protocol ${protocol}: not under a byte overlay`;
    return remoteMistake({ filename, protocol, server, username, secret, readonly });
  }
  if (server.length > 0 || username !== undefined) return "server and username are for a protocol";
  const remote = source === drive && drive.backing?.protocol !== undefined;
  return secret === undefined || source !== drive || remote ? undefined : "secret is for a protocol";
}

/** A drive as qemu takes it: a block node, and the SCSI disk that shows it to the guest. */
export interface DrivePlug {
  /** What the node needs: its secret. */
  readonly objects: readonly Readonly<Record<string, unknown>>[];
  readonly node: Readonly<Record<string, unknown>>;
  readonly device: Readonly<Record<string, unknown>>;
}

/** A drive whose files are there (prepare-drives.ts). */
export interface PreparedDrive extends AddDrive {
  /** File with the secret. */
  readonly secretFile?: string | undefined;
}

/** The n-th drive is node `hdN` on SCSI target N, for the command line as for QMP. @throws LaunchError drive-unusable */
export function drivePlug(drive: PreparedDrive, index: number): DrivePlug {
  const id = `hd${index}`;
  const { blocksize, secretFile } = drive;
  const secret = secretFile === undefined ? undefined : `${id}-secret`;
  const use = {
    "read-only": false,
    discard: (drive.discard ?? "disable") === "disable" ? "ignore" : "unmap",
    cache: { direct: false, "no-flush": drive.cachemode === "unsafe" },
  };
  const node = { ...blockNode(drive, secret), ...use };
  return {
    objects: secret === undefined ? [] : [{ "qom-type": "secret", id: secret, file: secretFile }],
    node: {
      ...(drive.copyonread === true ? { driver: "copy-on-read", file: node, ...use } : node),
      "node-name": id,
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

/** The block node of qemu for a source, as JSON. @param secret id of its secret @throws LaunchError drive-unusable */
export function blockNode(source: DriveSource, secret?: string): Record<string, unknown> {
  const file = storageNode(source, secret);
  const { format } = source;
  // A VMDK may name a parent; vdi and vhdx have none that qemu would open.
  if (format === "vmdk") return { driver: format, file, backing: null };
  if (format !== "qcow2") return { driver: format, file };
  const backing = source.backing === undefined ? null : { ...blockNode(source.backing, secret), "read-only": true };
  return { driver: "qcow2", file, backing };
}

function storageNode(source: DriveSource, secret: string | undefined): Record<string, unknown> {
  const { filename, overlay, protocol, server = [], username } = source;
  if (protocol !== undefined) return remoteNode({ filename, protocol, server, username }, secret);
  return overlay === undefined ? fileNode(filename) : overlayNode(overlay, filename);
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
