/** Extended attributes (upstream daemon/xattr.c). */
export {};
