#!/bin/sh
# Called by busybox udhcpc: brings the interface up, and when there is a lease sets the address, the route and the name
# servers. Nothing else.
case $1 in
deconfig) exec busybox ip link set "$interface" up ;;
bound | renew) ;;
*) exit 0 ;;
esac
busybox ip addr replace "$ip/${mask:-24}" dev "$interface"
for gateway in $router; do
  busybox ip route replace default via "$gateway" dev "$interface"
  break
done
: >/etc/resolv.conf
for server in $dns; do
  echo "nameserver $server" >>/etc/resolv.conf
done
