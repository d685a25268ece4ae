/** Daemon side of schemas/actions/sync.ts. */
export {};
