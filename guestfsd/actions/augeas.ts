/** Daemon side of schemas/actions/augeas.ts. */
export {};
