/** Daemon side of schemas/actions/listfs.ts. */
export {};
