/** Daemon side of schemas/actions/checksum.ts. */
export {};
