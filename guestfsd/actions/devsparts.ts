/** Daemon side of schemas/actions/devsparts.ts. */
export {};
