/** Daemon side of schemas/actions/sh.ts. */
export {};
