# The ext family, labels and UUIDs.
mkfs ext4 /dev/sdb blocksize:1024 label:first
vfs-type /dev/sdb
vfs-label /dev/sdb
list-filesystems
-mkfs nonsense /dev/sdb
-mkfs ext4 /dev/sdz
-mkfs ext4 /dev/sdb blocksize:3
mkfs-b ext3 4096 /dev/sdb
get-e2label /dev/sdb
set-e2label /dev/sdb second
get-e2label /dev/sdb
-get-e2label /dev/sdz
set-label /dev/sdb third
findfs-label third
-findfs-label none
set-e2uuid /dev/sdb 01234567-89ab-cdef-0123-456789abcdef
get-e2uuid /dev/sdb
findfs-uuid 01234567-89ab-cdef-0123-456789abcdef
-findfs-uuid 00000000-0000-0000-0000-000000000000
-set-e2uuid /dev/sdb nonsense
set-uuid /dev/sdb 01234567-89ab-cdef-0123-456789abcde0
-set-uuid /dev/sdd 01234567-89ab-cdef-0123-456789abcde0
-set-label /dev/sdd label
tune2fs /dev/sdb force:false maxmountcount:5 intervalbetweenchecks:864000
-tune2fs /dev/sdd maxmountcount:5
-tune2fs-l /dev/sdd
e2fsck-f /dev/sdb
e2fsck /dev/sdb correct:true
-e2fsck /dev/sdb correct:true forceall:true
resize2fs-size /dev/sdb 209715200
resize2fs /dev/sdb
e2fsck-f /dev/sdb
-resize2fs /dev/sdd
-resize2fs-size /dev/sdb 1000
vfs-minimum-size /dev/sdb
-vfs-minimum-size /dev/sdd
zerofree /dev/sdb
-zerofree /dev/sdd
mke2fs /dev/sdb blocksize:1024 fstype:ext3 label:made uuid:01234567-89ab-cdef-0123-456789abcdee
vfs-label /dev/sdb
-mke2fs /dev/sdb blocksize:1023
-mke2fs /dev/sdz
mke2journal 4096 /dev/sdd
mke2fs-J ext4 4096 /dev/sdb /dev/sdd
vfs-type /dev/sdd
mke2journal-L 4096 JOURNAL /dev/sdd
mke2fs-JL ext4 4096 /dev/sdb JOURNAL
mke2journal-U 4096 01234567-89ab-cdef-0123-456789abcde1 /dev/sdd
mke2fs-JU ext4 4096 /dev/sdb 01234567-89ab-cdef-0123-456789abcde1
-mke2fs-JL ext4 4096 /dev/sdb NONE
zero /dev/sdd
mkfs ext4 /dev/sdb
mount-ro /dev/sdb /
-touch /x
remount / rw:true
touch /x
remount / rw:false
-touch /y
-remount /none rw:true
umount /dev/sdb
mount-vfs noatime ext4 /dev/sdb /
-mount-vfs "" nonsense /dev/sdb /mnt
fstrim /
-fstrim /none
umount /
-fstrim /
umount-all
