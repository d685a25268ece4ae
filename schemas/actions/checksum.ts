/** Checksums of files and devices (upstream daemon/checksum.c). */
export {};
