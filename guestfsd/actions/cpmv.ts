/** Daemon side of schemas/actions/cpmv.ts. */
export {};
