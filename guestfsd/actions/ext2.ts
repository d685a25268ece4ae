/** Daemon side of schemas/actions/ext2.ts. */
export {};
