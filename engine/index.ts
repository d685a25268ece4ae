/** Public face of engine/: the only file that other folders import, and what the npm package `gild-image` exports. */
export * from "./errors.ts";
export type { Transport } from "./transport.ts";
export { socketTransport } from "./transport-socket.ts";
export { memoryTransport, type MemoryDaemon } from "./transport-memory.ts";
export * from "./client.ts";
export type { GuestfsLibrary } from "./library.ts";
