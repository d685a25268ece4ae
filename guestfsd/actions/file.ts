/** Daemon side of schemas/actions/file.ts. */
export {};
