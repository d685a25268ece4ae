/** Symbolic and hard links (upstream daemon/link.c). */
export {};
