/** Files: create, write, remove, mode, owner (upstream daemon/file.c). */
export {};
