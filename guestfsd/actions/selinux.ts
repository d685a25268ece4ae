/** Daemon side of schemas/actions/selinux.ts. */
export {};
