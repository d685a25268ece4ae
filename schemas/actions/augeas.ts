/** Augeas: configuration files as a tree (upstream daemon/augeas.c). */
export {};
