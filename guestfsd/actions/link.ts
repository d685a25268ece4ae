/** Daemon side of schemas/actions/link.ts. */
export {};
