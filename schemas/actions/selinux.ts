/** SELinux labels (upstream daemon/selinux-relabel.c). */
export {};
