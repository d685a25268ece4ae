/** Filesystems found on all devices (upstream daemon/listfs.ml). */
export {};
