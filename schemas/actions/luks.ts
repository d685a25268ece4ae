/** LUKS encryption (upstream daemon/luks.c, cryptsetup.ml). */
export {};
