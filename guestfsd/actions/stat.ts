/** Daemon side of schemas/actions/stat.ts. */
export {};
