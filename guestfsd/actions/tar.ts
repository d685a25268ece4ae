/** Daemon side of schemas/actions/tar.ts. */
export {};
