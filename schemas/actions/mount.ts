/** Mount and unmount (upstream daemon/mount.ml). */
export {};
