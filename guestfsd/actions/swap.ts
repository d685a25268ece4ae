/** Daemon side of schemas/actions/swap.ts. */
export {};
