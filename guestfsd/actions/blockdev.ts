/** Daemon side of schemas/actions/blockdev.ts. */
export {};
