# Reading and searching: grep family, head, tail, wc, checksums, base64, hexdump, strings, file.
mkfs ext2 /dev/sda
mount /dev/sda /
write /lines "one\ntwo\nThree\nfour\nfive\nsix\nseven\neight\nnine\nten\neleven\ntwelve\n"
write /binary "\x01\x02text in it\x03\xfflonger text\n"
write /empty ""
head /lines
head-n 2 /lines
head-n -10 /lines
tail /lines
tail-n 2 /lines
-head /none
-head-n 3 /none
-tail /none
wc-l /lines
wc-w /lines
wc-c /lines
-wc-l /none
grep e$ /lines
grep three /lines
grep three /lines insensitive:true
grep "o|t" /lines extended:true
grep t.o /lines fixed:true
egrep "one|two" /lines
fgrep two /lines
grepi THREE /lines
egrepi "ONE|TWO" /lines
fgrepi TWO /lines
grep none /lines
-grep x /none
-grep "[" /lines
-egrep "(" /lines
-fgrep "" /none
compress-out gzip /lines lines.gz
upload lines.gz /lines.gz
zgrep two /lines.gz
zgrepi TWO /lines.gz
zegrep "one|two" /lines.gz
zegrepi "ONE|TWO" /lines.gz
zfgrep two /lines.gz
zfgrepi TWO /lines.gz
-zgrep x /none
checksum crc /lines
checksum md5 /lines
checksum sha256 /lines
-checksum nonsense /lines
-checksum md5 /none
-checksum md5 /
checksum-device md5 /dev/sdd
-checksum-device md5 /dev/sdz
mkdir /dir
write /dir/a "a"
write /dir/b "b"
checksums-out md5 /dir - | sort
-checksums-out md5 /none -
hexdump /binary
-hexdump /none
strings /binary
strings-e b /binary
-strings-e x /lines
-strings /none
file /lines
file /binary
file /dir
-file /none
zfile gzip /lines.gz
-zfile nonsense /lines.gz
-zfile gzip /none
base64-out /lines -
base64-out /binary sample.b64
base64-in sample.b64 /decoded
equal /binary /decoded
-base64-out /none -
-file-architecture /lines
-file-architecture /none
umount-all
