# Files, directories and links on an ext4 filesystem.
mkfs ext4 /dev/sda
mount /dev/sda /
-mount /dev/sda /missing
mountpoints
mounts
ls /
find /
touch /file
-touch /none/file
-touch relative
exists /file
exists /none
mkdir /dir
-mkdir /dir
-mkdir /none/dir
mkdir-p /dir/a/b/c
mkdir-p /dir/a
-mkdir-p /file/x
mkdir-mode /mode 0700
-mkdir-mode /mode 0700
-mkdir-mode /mode2 -5
-rmdir /dir
-rmdir /file
-rmdir /none
mkdir /empty
rmdir /empty
write /hello "hello, world\n"
write-append /hello "again\n"
cat /hello
read-file /hello
read-lines /hello
-cat /none
-write /none/x "text"
-write /dir "text"
-write-append /dir "text"
filesize /hello
-filesize /none
is-file /hello
is-file /dir
is-dir /dir
is-symlink /hello
is-zero /hello
-is-zero /none
is-blockdev /hello
is-chardev /hello
is-fifo /hello
is-socket /hello
cp /hello /copy
-cp /none /copy
cp-a /dir /dir-copy
cp-r /hello /dir/a/hello
mv /copy /moved
-mv /none /x
rename /moved /renamed
-rename /none /x
-rename /dir /hello
equal /hello /renamed
equal /hello /file
rm /renamed
-rm /renamed
-rm /dir
rm-f /renamed
rm-f /none
-rm-f /dir
rm-rf /dir-copy
rm-rf /none
ln /hello /hard
-ln /none /hard2
-ln /hello /hard
ln-f /hello /hard
ln-s hello /soft
-ln-s hello /soft
ln-sf hello /soft
readlink /soft
-readlink /hello
-readlink /none
is-symlink /soft
is-file /soft
is-file /soft followsymlinks:true
realpath /soft
realpath /dir/../soft
-realpath /none
ln-s loop /loop
-cat /loop
-realpath /loop
case-sensitive-path /HELLO
case-sensitive-path /DIR/A/B
-case-sensitive-path /DIR/NONE/x
-case-sensitive-path relative
chmod 0600 /hello
chmod 04755 /file
-chmod 0600 /none
-chmod -1 /hello
chown 1 2 /hello
-chown 1 2 /none
lchown 3 4 /soft
-lchown 3 4 /none
ll /hello
-ll /none
lstat /soft
statns /hello
lstatns /soft
-stat /none
-lstat /none
-statns /hello/x
lstatlist / "hello soft none"
lstatnslist /dir "a none"
-lstatnslist /none "a"
readlinklist / "soft hello none"
-statvfs /none
utimens /hello 1000000000 500 1100000000 600
statns /hello
-utimens /none 1 1 1 1
utimens /hello 1 -1 2 -2
truncate /file
truncate-size /file 1234
filesize /file
-truncate-size /none 10
-truncate-size /file -1
-truncate /none
mkfifo 0644 /fifo
is-fifo /fifo
-mkfifo 0644 /fifo
mknod 0100644 0 0 /node
mknod-b 0600 7 9 /blk
is-blockdev /blk
mknod-c 0600 1 3 /chr
is-chardev /chr
-mknod-c 0600 1 3 /chr
-mknod-b -1 7 9 /blk2
stat /blk
readdir /dir | grep name | sort
-readdir /none
-readdir /hello
-ls /none
-ls /hello
-find /none
-find /hello
glob-expand /d*
glob-expand /*/a
glob-expand /none*
glob-expand /dir/* directoryslash:false
glob-expand "/{hello,file}"
du /dir
-du /none
mktemp /tmpXXXXXX | wc -c
-mkdtemp /none/XXXXXX
rm-rf /dir
copy-size /hello /part 5
cat /part
-copy-size /hello /part2 500
-copy-size /none /part2 5
dd /hello /dd
-dd /none /dd2
cat /dd
fallocate /fallen 1000
fallocate64 /fallen64 2000
-fallocate64 /fallen65 -1
-fallocate64 /none/x 10
filesize /fallen64
fill 65 10 /filled
cat /filled
-fill 300 10 /filled
-fill 65 -1 /filled
fill-pattern abc 10 /pattern
cat /pattern
-fill-pattern "" 10 /pattern
mkdir /filldir
fill-dir /filldir 5
write-file /written "content" 0
write-file /written "content" 3
cat /written
pwrite /written "XY" 2
cat /written
-pwrite /none "XY" 2
pread /written 3 1
pread /written 100 1
-pread /written -1 0
-pread /written 1 -1
-pread /none 1 0
copy-file-to-file /hello /copied
copy-file-to-file /hello /copied2 srcoffset:2 size:3
cat /copied2
copy-file-to-file /hello /copied2 append:true
cat /copied2
-copy-file-to-file /none /copied3
-copy-file-to-file /hello /copied3 size:1000
-copy-file-to-file /hello /copied3 srcoffset:-1
copy-attributes /hello /copied all:true
stat /copied
-copy-attributes /none /copied
umount /
-umount /
-umount /dev/sda
