/** What kind of file a path is (upstream daemon/is.c). */
export {};
