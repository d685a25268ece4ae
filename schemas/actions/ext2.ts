/** ext2, ext3 and ext4: check, resize, tune (upstream daemon/ext2.c). */
export {};
