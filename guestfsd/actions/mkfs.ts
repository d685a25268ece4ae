/** Daemon side of schemas/actions/mkfs.ts. */
export {};
