# Augeas, hivex, inspection.
mkfs ext4 /dev/sda
mount /dev/sda /
mkdir /etc
write /etc/hosts "127.0.0.1\tlocalhost\n192.0.2.1 host.example host\n"
write /etc/fstab "/dev/sda / ext4 defaults 0 0\n"
write /etc/os-release "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"
write /etc/debian_version "12.1\n"
write /etc/hostname "differential\n"
mkdir-p /bin
mkdir-p /usr/bin
mkdir-p /var/lib/dpkg
write /var/lib/dpkg/status "Package: tool\nStatus: install ok installed\nVersion: 1:2.0-3\nArchitecture: amd64\nDescription: a tool\n more text\n\n"
-aug-get /files/etc/hosts/1/ipaddr
-aug-close
aug-init / 0
aug-get /files/etc/hosts/1/ipaddr
-aug-get /files/none
-aug-get "/files/["
aug-match /files/etc/hosts/*
-aug-match "/files/["
aug-ls /files/etc/hosts
aug-ls /files/etc/none
-aug-ls /files/etc/hosts/
--aug-ls "/files/*"
aug-label /files/etc/hosts/1
-aug-label /files/none
aug-defvar hosts /files/etc/hosts
aug-defnode new $hosts/3 ""
aug-set $new/ipaddr 198.51.100.7
aug-set $new/canonical added.example
-aug-set "/files/[" x
aug-insert /files/etc/hosts/1 0 true
-aug-insert /files/none x true
-aug-insert /files/etc/hosts/1 "a/b" true
aug-rm /files/etc/hosts/0
aug-mv /files/etc/hosts/2/alias /files/etc/hosts/2/alias[2]
-aug-mv /files/none /files/other
aug-clear /augeas/nothing
aug-setm /files/etc/hosts/* canonical name.example
-aug-setm "/files/[" x y
aug-save
cat /etc/hosts
aug-load
aug-match /augeas//error
aug-transform Hosts.lns /etc/other-hosts
-aug-transform "" ""
aug-close
upload hive /hive
-hivex-root
-hivex-open /none
-hivex-open /etc/hosts
hivex-open /hive write:true
hivex-root
hivex-node-name 4128
hivex-node-children 4128
hivex-node-get-child 4128 none
hivex-node-values 4128
hivex-node-get-value 4128 none
-hivex-node-name 7
-hivex-node-parent 4128
hivex-node-add-child 4128 added
hivex-node-set-value 4128 key 4 abcd
-hivex-commit NULL
hivex-commit /hive2
hivex-close
-hivex-close
inspect-os
inspect-get-roots
inspect-get-type /dev/sda
inspect-get-distro /dev/sda
inspect-get-product-name /dev/sda
inspect-get-product-variant /dev/sda
inspect-get-major-version /dev/sda
inspect-get-minor-version /dev/sda
inspect-get-arch /dev/sda
inspect-get-hostname /dev/sda
inspect-get-mountpoints /dev/sda
inspect-get-filesystems /dev/sda
inspect-get-package-format /dev/sda
inspect-get-package-management /dev/sda
inspect-get-format /dev/sda
inspect-get-osinfo /dev/sda
inspect-is-live /dev/sda
inspect-is-netinst /dev/sda
inspect-is-multipart /dev/sda
inspect-get-build-id /dev/sda
-inspect-get-windows-systemroot /dev/sda
-inspect-get-windows-current-control-set /dev/sda
-inspect-get-windows-software-hive /dev/sda
-inspect-get-windows-system-hive /dev/sda
inspect-get-drive-mappings /dev/sda
-inspect-get-type /dev/sdz
-inspect-get-distro /dev/sdb
mount-ro /dev/sda /
inspect-list-applications2 /dev/sda
umount-all
