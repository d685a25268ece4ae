/** Daemon side of schemas/actions/mount.ts. */
export {};
