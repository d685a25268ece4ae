/** Daemon side of schemas/actions/lvm.ts. */
export {};
