/** Block device sizes and flags (upstream daemon/blockdev.c). */
export {};
