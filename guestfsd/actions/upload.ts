/** Daemon side of schemas/actions/upload.ts. */
export {};
