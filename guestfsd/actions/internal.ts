/** Daemon side of schemas/actions/internal.ts. */
export {};
