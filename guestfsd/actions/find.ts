/** Daemon side of schemas/actions/find.ts. */
export {};
