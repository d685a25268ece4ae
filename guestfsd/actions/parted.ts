/** Daemon side of schemas/actions/parted.ts. */
export {};
