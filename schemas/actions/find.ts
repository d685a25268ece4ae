/** Lists of file names (upstream daemon/find.ml, ls.c). */
export {};
