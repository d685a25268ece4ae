/** stat(2), statvfs(3), uname(2) (upstream daemon/stat.c, statvfs.ml, utsname.ml). */
export {};
