# Extended attributes, ACLs, capabilities, ext attributes, inotify.
mkfs ext4 /dev/sda
mount-options acl,user_xattr /dev/sda /
touch /file
mkdir /dir
ln-s file /link
setxattr user.one first 5 /file
setxattr user.two "second value" 12 /file
-setxattr user.x v 1 /none
-setxattr nonsense v 1 /file
getxattr /file user.one
-getxattr /file user.none
-getxattr /none user.one
getxattrs /file
-getxattrs /none
lsetxattr user.three third 5 /file
lgetxattr /file user.three
lgetxattrs /file
lgetxattrs /link
-lsetxattr user.x v 1 /link
lxattrlist / "file dir none"
removexattr user.one /file
-removexattr user.one /file
lremovexattr user.three /file
-lremovexattr user.none /file
getxattrs /file
acl-get-file /file access
acl-set-file /file access "u::rw-,u:1:r--,g::r--,m::r--,o::---"
acl-get-file /file access
acl-set-file /dir default "u::rwx,g::r-x,o::r-x"
acl-get-file /dir default
acl-delete-def-file /dir
acl-get-file /dir default
-acl-get-file /file nonsense
-acl-get-file /none access
-acl-set-file /file access nonsense
-acl-set-file /file nonsense "u::rw-"
-acl-delete-def-file /none
cap-get-file /file
cap-set-file /file "cap_net_raw=ep"
cap-get-file /file
-cap-set-file /file nonsense
-cap-get-file /none
get-e2attrs /file
set-e2attrs /file adS
get-e2attrs /file
set-e2attrs /file S clear:true
get-e2attrs /file
-set-e2attrs /file ?
-get-e2attrs /none
-get-e2generation /none
inotify-init 0
inotify-add-watch / 256
-inotify-add-watch /none 256
touch /new
inotify-read
inotify-files
inotify-rm-watch 1
-inotify-rm-watch 99
inotify-close
-inotify-read
-inotify-close
-inotify-files
umount-all
