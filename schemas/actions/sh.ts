/** Run the guest's own programs (upstream daemon/sh.c). */
export {};
