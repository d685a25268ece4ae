#!/bin/bash
# Becomes qemu, with the options of FAULT in a blkdebug node around the file of each overlay that gild has made.
args=()
for arg; do
  if [[ $arg == *.gild-overlay-* ]]; then
    arg=$(sed -E 's|\{"driver":"file","filename":"[^"]*\.gild-overlay-[^"]*"\}|{"driver":"blkdebug",'"$FAULT"',"image":&}|' <<< "$arg")
  fi
  args+=("$arg")
done
exec qemu-system-x86_64 "${args[@]}"
