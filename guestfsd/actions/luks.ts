/** Daemon side of schemas/actions/luks.ts. */
export {};
