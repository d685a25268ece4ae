# LVM.
part-init /dev/sdc mbr
part-add /dev/sdc p 2048 409599
part-add /dev/sdc p 409600 -64
pvcreate /dev/sdc1
-pvcreate /dev/sdz1
pvcreate /dev/sdc2
pvs
vgcreate VG "/dev/sdc1 /dev/sdc2"
-vgcreate VG /dev/sdc1
-vgcreate V2 /dev/sdz
vgs
lvcreate LV1 VG 50
lvcreate LV2 VG 50
-lvcreate LV1 VG 10
-lvcreate LV3 NONE 10
-lvcreate LV3 VG 100000
lvs
lvcreate-free LV3 VG 50
-lvcreate-free LV4 VG 0
-lvcreate-free LV4 VG 101
pvs-full
vgs-full
lvs-full
lvm-canonical-lv-name /dev/mapper/VG-LV1
-lvm-canonical-lv-name /dev/VG/NONE
is-lv /dev/VG/LV1
is-lv /dev/sdc1
lvuuid /dev/VG/LV1
vguuid VG
pvuuid /dev/sdc1
-vguuid NONE
-pvuuid /dev/sdd
vglvuuids VG
vgpvuuids VG
lvresize /dev/VG/LV1 100
-lvresize /dev/VG/NONE 100
lvresize-free /dev/VG/LV2 50
mkfs ext4 /dev/VG/LV1
mount /dev/VG/LV1 /
write /on-lv "content"
-lvremove /dev/VG/LV1
-vg-activate false VG
umount /
lvrename /dev/VG/LV1 /dev/VG/NEW
-lvrename /dev/VG/NONE /dev/VG/X
vgrename VG VG2
-vgrename NONE X
lvs
vg-activate false VG2
lvs
vg-activate-all true
-vg-activate true NONE
lvm-scan true
vgscan
vgmeta VG2 | wc -l
-vgmeta NONE
-vgchange-uuid NONE
-pvchange-uuid /dev/sdd
list-dm-devices
lvremove /dev/VG2/NEW
lvremove /dev/VG2/LV2
-lvremove /dev/VG2/LV2
vg-activate false VG2
vgchange-uuid VG2
vgremove VG2
-vgremove VG2
pvchange-uuid-all
pvresize-size /dev/sdc1 104857600
pvresize /dev/sdc1
-pvresize /dev/sdd
pvremove /dev/sdc2
lvm-set-filter /dev/sdc1
lvm-clear-filter
-lvm-set-filter /dev/sdz
pvchange-uuid /dev/sdc1
lvm-remove-all
pvs
