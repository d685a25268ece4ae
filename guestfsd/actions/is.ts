/** Daemon side of schemas/actions/is.ts. */
export {};
