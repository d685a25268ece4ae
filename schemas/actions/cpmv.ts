/** Copy and move (upstream daemon/cpmv.c). */
export {};
