/** Flush to disk (upstream daemon/sync.c). */
export {};
