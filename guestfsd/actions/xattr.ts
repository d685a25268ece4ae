/** Daemon side of schemas/actions/xattr.ts. */
export {};
