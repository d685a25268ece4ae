# vfat, xfs, ntfs, f2fs, swap and others.
mkfs vfat /dev/sdb label:FATLABEL
vfs-type /dev/sdb
mount /dev/sdb /
write /File.TXT "fat"
ls /
cat /FILE.txt
case-sensitive-path /file.txt
-ln-s x /link
-mkfifo 0644 /fifo
umount /
set-label /dev/sdb OTHER
vfs-label /dev/sdb
-set-label /dev/sdb TOOLONGFORFATLABEL
-set-uuid /dev/sdb 01234567-89ab-cdef-0123-456789abcdef
-vfs-minimum-size /dev/sdb
mkfs xfs /dev/sdb label:xfs
vfs-type /dev/sdb
vfs-label /dev/sdb
xfs-info /dev/sdb
mount /dev/sdb /
xfs-info /
-xfs-info /none
xfs-growfs /
-xfs-growfs /none
umount /
-xfs-growfs /
xfs-repair /dev/sdb
xfs-repair /dev/sdb nomodify:true
xfs-admin /dev/sdb label:other uuid:01234567-89ab-cdef-0123-456789abcdef
vfs-label /dev/sdb
-xfs-admin /dev/sdd label:x
-xfs-info /dev/sdd
set-label /dev/sdb third
-set-label /dev/sdb labelthatistoolong
set-uuid /dev/sdb 01234567-89ab-cdef-0123-456789abcde1
mkfs ntfs /dev/sdb label:ntfs
vfs-type /dev/sdb
vfs-label /dev/sdb
ntfs-3g-probe true /dev/sdb
ntfs-3g-probe false /dev/sdd
vfs-minimum-size /dev/sdb
ntfscat-i /dev/sdb 6 bitmap
ntfsclone-out /dev/sdb clone metadataonly:true
set-label /dev/sdb again
ntfsresize /dev/sdb size:209715200
ntfsfix /dev/sdb
-ntfsfix /dev/sdd
-ntfsresize /dev/sdd
-ntfsclone-out /dev/sdd -
-ntfscat-i /dev/sdd 6 -
mount /dev/sdb /
write /file "ntfs"
cat /file
umount /
mkfs f2fs /dev/sdb
vfs-type /dev/sdb
-f2fs-expand /dev/sdd
f2fs-expand /dev/sdb
mkswap /dev/sdd label:swaplabel uuid:01234567-89ab-cdef-0123-456789abcde2
vfs-type /dev/sdd
vfs-label /dev/sdd
swapon-device /dev/sdd
-swapon-device /dev/sdd
swapoff-device /dev/sdd
-swapoff-device /dev/sdd
swapon-label swaplabel
swapoff-label swaplabel
swapon-uuid 01234567-89ab-cdef-0123-456789abcde2
swapoff-uuid 01234567-89ab-cdef-0123-456789abcde2
-swapon-label none
-swapoff-label none
-swapon-uuid 00000000-0000-0000-0000-000000000000
-swapon-device /dev/sdb
mkswap-L other /dev/sdd
vfs-label /dev/sdd
mkswap-U 01234567-89ab-cdef-0123-456789abcde3 /dev/sdd
vfs-uuid /dev/sdd
set-label /dev/sdd relabelled
set-uuid /dev/sdd 01234567-89ab-cdef-0123-456789abcde4
vfs-uuid /dev/sdd
mkfs ext2 /dev/sdb
mount /dev/sdb /
fallocate64 /swap 1000000
chmod 0600 /swap
mkswap-file /swap
swapon-file /swap
swapoff-file /swap
-mkswap-file /none
-swapon-file /none
umount /
pwrite-device /dev/sdd "written" 4096
pread-device /dev/sdd 7 4096
-pread-device /dev/sdd -1 0
-pread-device /dev/sdz 1 0
-pwrite-device /dev/sdz "x" 0
-copy-device-to-device /dev/sdz /dev/sdc
mount /dev/sdb /
copy-device-to-file /dev/sdd /copied size:8192
copy-file-to-device /copied /dev/sdc destoffset:512
-copy-device-to-file /dev/sdd /none/x
-copy-file-to-device /none /dev/sdc
copy-device-to-device /dev/sdd /dev/sdc size:1048576
scrub-device /dev/sdd
zero-device /dev/sdd
is-zero-device /dev/sdd
-blkdiscard /dev/sdz
-scrub-device /dev/sdz
umount-all
