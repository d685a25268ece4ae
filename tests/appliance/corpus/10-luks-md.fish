# LUKS and md. A line that begins with ">" is what the command before it reads: a key.
luks-format /dev/sdd 0
> a key
vfs-type /dev/sdd
luks-uuid /dev/sdd
-luks-uuid /dev/sda
-luks-uuid /dev/sdz
luks-open /dev/sdd opened
> a key
list-dm-devices
blockdev-getsize64 /dev/mapper/opened
mkfs ext2 /dev/mapper/opened
list-filesystems | sort
luks-close /dev/mapper/opened
-luks-close /dev/mapper/opened
-cryptsetup-open /dev/sdd second crypttype:nonsense
> a key
-cryptsetup-open /dev/sdc second
> a key
-luks-kill-slot /dev/sdc 5
> a key
-luks-add-key /dev/sdc 1
> a key
> another key
-luks-format /dev/sdz 0
> a key
-luks-format-cipher /dev/sdd 0 nonsense
> a key
wipefs /dev/sdd
part-init /dev/sdc mbr
part-add /dev/sdc p 2048 104447
part-add /dev/sdc p 104448 206847
md-create array "/dev/sdc1 /dev/sdc2" level:raid1
-md-create array2 "/dev/sdz1 /dev/sdz2" level:raid1
-md-create array2 "/dev/sdc1" level:nonsense
list-md-devices
mkfs ext2 /dev/md/array
md-stat /dev/md127
-md-detail /dev/sdc
-md-stat /dev/sdc1
md-stop /dev/md/array
-md-stop /dev/sdc
list-md-devices
zero /dev/sdc
