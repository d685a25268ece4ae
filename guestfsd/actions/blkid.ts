/** Daemon side of schemas/actions/blkid.ts. */
export {};
