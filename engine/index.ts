/** Public face of engine/: the only file that other folders import, and what the npm package `gild-image` exports. */
export { ProtocolError } from "../schemas/index.ts";
export type { CallOptions, FileSink, FileSource, Guestfs, ProtocolErrorCode } from "../schemas/index.ts";
export * from "./errors.ts";
export type { Transport } from "./transport.ts";
export { socketTransport } from "./transport-socket.ts";
export { memoryTransport, type MemoryDaemon } from "./transport-memory.ts";
export * from "./client.ts";
export type { GuestfsLibrary } from "./library/index.ts";
export { libraryFunctions, libraryPage, type LibraryFunction } from "./library/catalogue.ts";
export { Handle, openGuestfs, type HandleState } from "./handle.ts";
export type { AddDrive, DriveFormat, DriveSource, ForeignFormat, ScratchDrive } from "./drive.ts";
export type { DriveProtocol } from "./remote-drive.ts";
export type { DiskCreate } from "./host-disks.ts";
export type { EventCallback, EventName, HandleEvent } from "./events.ts";
export { packageInfo, type PackageInfo } from "./package-info.ts";
export * from "./settings.ts";
export { chooseAccelerator, type Accelerator } from "./accel.ts";
export { findAppliance, ownApplianceDirectory, type Appliance } from "./appliance-search.ts";
export { forgetFailures, pruneTemplates, templateFolder } from "./template/store.ts";
export { findHypervisor, runGuest } from "./launch-direct.ts";
export * from "./host-command.ts";
export * from "./image-error.ts";
export { probeImage, requireWritten, type ProbedImage, type ProbeOptions } from "./image-info.ts";
export { createOverlay, type OverlayOptions } from "./overlay.ts";
export { checkFree } from "./image-hold.ts";
export { lockImage, type ImageLock } from "./lock.ts";
export { planOffline } from "./offline.ts";
export { runRecipe, type RunOptions, type RunResult } from "./run.ts";
export type { GivenImage, RunEnd } from "./work.ts";
export { findInterrupted, recoverNow, recoverPending, type Recovery } from "./recover.ts";
export { readKeptRun, removeKeptRun, type KeptImage, type KeptRun } from "./kept-run.ts";
export { applySavedPlan, type AppliedPlan, type ApplyPlanOptions } from "./saved-plan/apply.ts";
export { isSavedPlan, readSavedPlan } from "./saved-plan/document.ts";
export { signPlan } from "./saved-plan/signature.ts";
export type { OnRunEvent, RunEvent, RunPhase } from "./run-event.ts";
export { StepError } from "./step-error.ts";
export { RunError, type RunErrorCode } from "./run-error.ts";
export {
  chooseRoot,
  findRoots,
  inspectImage,
  mountGuest,
  type InspectedFilesystem,
  type InspectedRoot,
  type Inspection,
  type InstalledPackage,
  type MountedGuest,
  type Root,
} from "./inspect.ts";
export type { GuestMount } from "./mounts.ts";
export { summarizeFiles, type DirectorySummary, type FileGroup } from "./diff/group.ts";
export { createImage, type WrittenFormat } from "./qemu-img.ts";
