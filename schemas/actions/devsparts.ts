/** Disks and partitions by name (upstream daemon/devsparts.ml). */
export {};
