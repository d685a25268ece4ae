/** Partition tables (upstream daemon/parted.c). */
export {};
