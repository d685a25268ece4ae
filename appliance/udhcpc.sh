#!/bin/sh
# Called by busybox udhcpc when it has a lease: sets the address, the route and the name servers. Nothing else.
[ "$1" = bound ] || [ "$1" = renew ] || exit 0
busybox ip addr replace "$ip/${mask:-24}" dev "$interface"
busybox ip link set "$interface" up
for gateway in $router; do
  busybox ip route replace default via "$gateway" dev "$interface"
  break
done
: >/etc/resolv.conf
for server in $dns; do
  echo "nameserver $server" >>/etc/resolv.conf
done
