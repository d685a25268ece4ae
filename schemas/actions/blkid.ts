/** What blkid knows of a device: type, label, UUID (upstream daemon/blkid.c). */
export {};
