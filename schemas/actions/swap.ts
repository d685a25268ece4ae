/** Swap areas (upstream daemon/swap.c). */
export {};
