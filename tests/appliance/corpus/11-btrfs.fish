# btrfs on /dev/sdb and /dev/sdc.
wipefs /dev/sdb
wipefs /dev/sdc
mkfs-btrfs "/dev/sdb" label:butter
-mkfs-btrfs "/dev/sdz"
vfs-type /dev/sdb
vfs-label /dev/sdb
mount /dev/sdb /
btrfs-subvolume-create /one
btrfs-subvolume-create /two
mkdir /taken
-btrfs-subvolume-create /taken
-btrfs-subvolume-create /none/x
write /one/file "in one"
btrfs-subvolume-snapshot /one /snap
btrfs-subvolume-snapshot /one /snap-ro ro:true
-btrfs-subvolume-snapshot /none /snap2
cat /snap/file
-touch /snap-ro/x
btrfs-subvolume-list /
-btrfs-subvolume-list /none
btrfs-subvolume-show /one
-btrfs-subvolume-show /none
btrfs-subvolume-set-default 256 /
-btrfs-subvolume-set-default 9999 /
btrfs-subvolume-set-default 5 /
btrfs-subvolume-delete /snap
-btrfs-subvolume-delete /snap
btrfs-filesystem-sync /
-btrfs-filesystem-sync /none
btrfs-filesystem-resize / size:268435456
btrfs-filesystem-resize /
-btrfs-filesystem-resize /none
btrfs-filesystem-defragment /one/file
btrfs-filesystem-defragment /one flush:true compress:zlib
-btrfs-filesystem-defragment /none
btrfs-filesystem-balance /
btrfs-balance-status /
-btrfs-balance-status /none
-btrfs-balance-pause /
-btrfs-balance-cancel /
-btrfs-balance-resume /
btrfs-scrub-start /
btrfs-scrub-status / | wc -l
-btrfs-scrub-cancel /
-btrfs-scrub-start /none
btrfs-quota-enable / true
btrfs-qgroup-create 1/1 /
-btrfs-qgroup-create nonsense /
btrfs-qgroup-assign 0/256 1/1 /
btrfs-qgroup-limit / 104857600
btrfs-qgroup-show /
btrfs-qgroup-remove 0/256 1/1 /
btrfs-qgroup-destroy 1/1 /
-btrfs-qgroup-destroy 1/1 /
btrfs-quota-enable / false
-btrfs-qgroup-show /
btrfs-device-add /dev/sdc /
-btrfs-device-add /dev/sdz /
btrfs-filesystem-show /dev/sdb
btrfs-device-delete /dev/sdc /
-btrfs-device-delete /dev/sdc /
-btrfs-filesystem-show /dev/sdd
umount /
list-filesystems
mount btrfsvol:/dev/sdb/one /
cat /file
mountable-device btrfsvol:/dev/sdb/one
mountable-subvolume btrfsvol:/dev/sdb/one
-mount btrfsvol:/dev/sdb/none /
umount /
-mount btrfsvol:/dev/sdb/none /
-mount btrfsvol:/dev/sdz/none /
btrfs-fsck /dev/sdb
-btrfs-fsck /dev/sdd
btrfs-set-seeding /dev/sdb true
btrfs-set-seeding /dev/sdb false
-btrfs-set-seeding /dev/sdz true
-btrfstune-seeding /dev/sdz true
-btrfstune-enable-extended-inode-refs /dev/sdd
-btrfstune-enable-skinny-metadata-extent-refs /dev/sdd
btrfs-rescue-super-recover /dev/sdb
-btrfs-rescue-super-recover /dev/sdd
mkfs ext2 /dev/sdc
mount /dev/sdc /
btrfs-image /dev/sdb /image
-btrfs-image /dev/sdd /image2
umount-all
set-label /dev/sdb other
vfs-label /dev/sdb
set-uuid /dev/sdb 01234567-89ab-cdef-0123-456789abcdea
vfs-uuid /dev/sdb
