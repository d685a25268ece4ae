/** Daemon side of schemas/actions/dir.ts. */
export {};
