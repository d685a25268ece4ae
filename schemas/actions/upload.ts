/** Files in and out (upstream daemon/upload.c). */
export {};
