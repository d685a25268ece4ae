/** Calls that the library makes for itself (upstream daemon/internal.c). */
export {};
