# SPDX-License-Identifier: GPL-2.0
#
# What runs above an NTB, the same on both sides: transport, network, transfers.

SELF=$([ "$ROLE" = ep ] && echo 10.7.3.1 || echo 10.7.3.2)
PEER=$([ "$ROLE" = ep ] && echo 10.7.3.2 || echo 10.7.3.1)

# ntb_present: an NTB device is registered
ntb_present()
{
	[ -n "$(ls /sys/bus/ntb/devices 2>/dev/null)" ]
}

# netdev: name of the ntb_netdev interface
netdev()
{
	local d
	for d in /sys/class/net/eth*; do
		[ -e "$d" ] && basename "$d" && return 0
	done
	return 1
}

carrier()
{
	[ "$(cat /sys/class/net/"$(netdev)"/carrier)" = 1 ]
}

# net_load: transport and network; on both sides, then net_up
net_load()
{
	eventually 10 ntb_present
	modprobe ntb_transport
	modprobe ntb_netdev
	eventually 5 netdev
}

# net_up: address, and wait for the peer (which has to do net_load too)
#
# A packet of ntb_netdev is up to 64 KiB in a buffer that counts twice that, so TCP's usual 128 KiB to receive give a
# window of less than one segment, and once it has shrunk to that each waits for the persist timer: 16 MiB take minutes.
net_up()
{
	echo "4096 1048576 6291456" >/proc/sys/net/ipv4/tcp_rmem
	ip addr add $SELF/24 dev "$(netdev)"
	ip link set "$(netdev)" up
	eventually 20 carrier
}

net_down()
{
	ip addr flush dev "$(netdev)"
	ip link set "$(netdev)" down
	unload ntb_netdev ntb_transport
}

# ping_peer COUNT SIZE: no loss
#
# One echo at a time: ntb_netdev receives into buffers of 64 KiB, of which the socket of ping holds one, and would drop
# the second of two replies that come together. Stock vNTB with polled doorbells forgets a doorbell that rings while it
# handles the one before; such a packet is not lost, it waits for the next doorbell, which arping rings once a second.
ping_peer()
{
	local kick n=0

	arping -q -I "$(netdev)" $PEER >/dev/null 2>&1 &
	kick=$!
	while [ $n -lt "$1" ] && ping -q -W $((5 * SCALE)) -c 1 -s "$2" $PEER >/tmp/ping; do
		n=$((n + 1))
	done
	kill $kick 2>/dev/null || true	# without an interface it has ended already
	[ $n = "$1" ] || { cat /tmp/ping; fail "ping of $2 bytes: reply $((n + 1)) of $1 is missing"; }
	echo "$n replies of $2 bytes"
}

# bulk_send MIB [PORT]: random bytes to the peer; their checksum goes by way of /share
bulk_send()
{
	local port=${2:-5001} tries=0

	dd if=/dev/urandom of=/tmp/bulk.out bs=1M count="$1" 2>/dev/null
	sha256sum </tmp/bulk.out >/share/bulk.$port
	until nc $PEER $port </tmp/bulk.out; do
		tries=$((tries + 1))
		[ $tries -lt $((50 * SCALE)) ] || fail "nobody takes the transfer"
		usleep 100000
	done
	rm /tmp/bulk.out
}

# bulk_receive MIB [PORT]: the other end, compares size and checksum
bulk_receive()
{
	local port=${2:-5001}

	# nc closes its sending half at the end of its input, and the sender takes that for the end
	[ -p /tmp/silence ] || mkfifo /tmp/silence
	nc -l -p $port 0<>/tmp/silence >/tmp/bulk.in
	[ "$(wc -c </tmp/bulk.in)" = $(($1 * 1048576)) ] ||
		fail "received $(wc -c </tmp/bulk.in) bytes instead of $1 MiB"
	[ "$(sha256sum </tmp/bulk.in)" = "$(cat /share/bulk.$port)" ] || fail "received wrong data"
	echo "$1 MiB, sha256 $(cut -c1-16 /share/bulk.$port)..."
	rm /tmp/bulk.in
}

# pingpong_count: cycles that ntb_pingpong has counted
pingpong_count()
{
	cat /sys/kernel/debug/ntb_pingpong/*/count
}

pingpong_above()
{
	[ "$(pingpong_count)" -ge "$1" ]
}
