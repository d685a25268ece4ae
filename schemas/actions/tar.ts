/** Tar archives in and out (upstream daemon/tar.c). */
export {};
