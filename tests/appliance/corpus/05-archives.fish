# tar, cpio, compression, initrd, uploads and downloads, squashfs.
mkfs ext4 /dev/sda
mount /dev/sda /
mkdir /d
write /d/a "content of a\n"
write /d/b "content of b\n"
mkdir /d/sub
write /d/sub/c "content of c\n"
ln-s a /d/link
tar-out /d out.tar
tar-out /d out.tar.gz compress:gzip
tgz-out /d out.tgz
txz-out /d out.txz
-tar-out /none -
-tar-out /d/a -
-tar-out /d - compress:nonsense
tar-out /d excluded.tar "excludes:b sub" numericowner:true
mkdir /in
tar-in out.tar /in
cat /in/sub/c
mkdir /in3
tgz-in out.tgz /in3
mkdir /in4
txz-in out.txz /in4
mkdir /in5
tar-in excluded.tar /in5
-tar-in out.tar /none
-tar-in out.tar /d/a
-tar-in garbage /in
cpio-out /d out.cpio
cpio-out /d out.cpio format:crc
-cpio-out /d - format:nonsense
-cpio-out /none -
!gzip -k out.cpio
upload out.cpio.gz /initrd
initrd-list /initrd | sort
initrd-cat /initrd sub/c
-initrd-cat /initrd none
-initrd-list /none
upload garbage /garbage
-initrd-list /garbage
compress-out xz /d/a a.xz
-compress-out nonsense /d/a -
-compress-out gzip /none -
-compress-device-out gzip /dev/sdz -
upload garbage /uploaded
checksum md5 /uploaded
download /uploaded -
-upload garbage /none/x
-upload garbage /d
-download /none -
-download /d -
upload-offset garbage /uploaded 10
filesize /uploaded
-upload-offset garbage /none/x 10
download-offset /uploaded - 5 6
-download-offset /none - 5 6
mksquashfs /d out.squashfs
-mksquashfs /none none.squashfs
-mksquashfs /d none.squashfs compress:nonsense
upload out.squashfs /squash
mkmountpoint /loop
mount-loop /squash /loop
ls /loop
cat /loop/sub/c
-touch /loop/x
umount /loop
rmmountpoint /loop
-rmmountpoint /none
-mount-loop /none /d
-mount-loop /garbage /d
-isoinfo /garbage
-isoinfo-device /dev/sdd
-command "/bin/true"
-sh "true"
-sh-lines "true"
-command-lines "/bin/none"
find /
umount-all
