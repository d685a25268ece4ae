# What needs no disk: the daemon itself, and paths before anything is mounted.
echo-daemon "two  words" three
list-devices
list-partitions
list-filesystems
nr-devices
list-dm-devices
list-md-devices
-list-9p
list-disk-labels
pvs
vgs
lvs
get-umask
umask 022
-umask 01000
-debug progress 0
-debug no-such-command ""
filesystem-available ext4
filesystem-available nosuchfs
mounts
mountpoints
-cat /etc/passwd
-touch /x
-ls /
-mkdir relative
-mount /dev/sdz1 /
-mount /dev/sda1 /nowhere
-mount nonsense /
-umount /
-blockdev-getsize64 /dev/nothing
-blockdev-getsize64 sda
-blockdev-getsize64 /etc/passwd
-modprobe no-such-module
modprobe ext4
drop-caches 3
sync
sleep 0
-drop-caches 99
is-whole-device /dev/sda
-is-whole-device /dev/zero
blockdev-getsize64 /dev/sda
blockdev-getsz /dev/sda
blockdev-getss /dev/sda
blockdev-getbsz /dev/sda
blockdev-setbsz /dev/sda 2048
blockdev-getro /dev/sda
blockdev-setro /dev/sda
blockdev-getro /dev/sda
blockdev-setrw /dev/sda
blockdev-getro /dev/sda
blockdev-setra /dev/sda 1024
blockdev-flushbufs /dev/sda
blockdev-rereadpt /dev/sda
vfs-type /dev/sda
-vfs-label /dev/sdz
getcon
