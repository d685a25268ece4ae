/** LVM: physical volumes, volume groups, logical volumes (upstream daemon/lvm.c). */
export {};
