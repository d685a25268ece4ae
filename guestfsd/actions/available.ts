/** Daemon side of schemas/actions/available.ts. */
export {};
