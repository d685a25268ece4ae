# Partition tables of /dev/sdb, MBR and GPT.
-part-get-parttype /dev/sdb
-part-list /dev/sdb
sfdisk-kernel-geometry /dev/sdb
sfdisk-disk-geometry /dev/sdb
-part-init /dev/sdb nonsense
-part-init /dev/sdz mbr
part-init /dev/sdb mbr
part-get-parttype /dev/sdb
part-add /dev/sdb p 64 204799
part-add /dev/sdb primary 204800 409599
part-add /dev/sdb e 409600 -64
part-add /dev/sdb l 411648 614399
-part-add /dev/sdb p 64 2047
-part-add /dev/sdb x 614400 -64
list-partitions
part-set-bootable /dev/sdb 1 true
part-get-bootable /dev/sdb 1
part-list /dev/sdb
part-get-mbr-id /dev/sdb 1
part-set-mbr-id /dev/sdb 1 0x82
part-get-mbr-id /dev/sdb 1
-part-get-mbr-id /dev/sdb 4
part-get-mbr-part-type /dev/sdb 1
part-to-dev /dev/sdb5
part-to-partnum /dev/sdb5
-part-to-dev /dev/sdb
part-del /dev/sdb 2
part-resize /dev/sdb 1 300000
-part-del /dev/sdb 7
-part-get-name /dev/sdb 3
part-disk /dev/sdb gpt
part-get-parttype /dev/sdb
part-expand-gpt /dev/sdb
part-set-disk-guid-random /dev/sdb
part-get-name /dev/sdb 1
part-set-name /dev/sdb 1 first
part-get-name /dev/sdb 1
part-get-gpt-type /dev/sdb 1
part-set-gpt-type /dev/sdb 1 C12A7328-F81F-11D2-BA4B-00A0C93EC93B
part-get-gpt-type /dev/sdb 1
-part-set-gpt-type /dev/sdb 1 nonsense
part-set-gpt-guid /dev/sdb 1 01234567-89AB-CDEF-0123-456789ABCDEF
part-get-gpt-guid /dev/sdb 1
part-set-disk-guid /dev/sdb 01234567-89AB-CDEF-0123-456789ABCDE0
part-get-disk-guid /dev/sdb
part-get-disk-guid /dev/sdb
part-get-gpt-attributes /dev/sdb 1
part-set-gpt-attributes /dev/sdb 1 4
part-get-gpt-attributes /dev/sdb 1
findfs-partlabel first
findfs-partuuid 01234567-89ab-cdef-0123-456789abcdef
blkid /dev/sdb1
-blkid /dev/sdz1
zero /dev/sdb
wipefs /dev/sdb
-wipefs /dev/sdz
