/** Public face of engine/: the only file that other folders import, and what the npm package `gild-image` exports. */
export * from "./errors.ts";
export type { Transport } from "./transport.ts";
export { socketTransport } from "./transport-socket.ts";
export { memoryTransport, type MemoryDaemon } from "./transport-memory.ts";
export * from "./client.ts";
export type { GuestfsLibrary } from "./library.ts";
export { Handle, openGuestfs, type HandleState } from "./handle.ts";
export type { AddDrive, DriveFormat, DriveSource } from "./drive.ts";
export * from "./settings.ts";
export { chooseAccelerator, type Accelerator } from "./accel.ts";
export { findAppliance, ownApplianceDirectory, type Appliance } from "./appliance-search.ts";
export { findHypervisor, runGuest } from "./launch-direct.ts";
export * from "./host-command.ts";
export * from "./image-error.ts";
export { probeImage, type ProbedImage, type ProbeOptions } from "./image-info.ts";
export { createOverlay, type OverlayOptions } from "./overlay.ts";
export { lockImage, type ImageLock } from "./lock.ts";
