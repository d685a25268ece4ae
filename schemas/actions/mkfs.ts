/** Make filesystems (upstream daemon/mkfs.c). */
export {};
