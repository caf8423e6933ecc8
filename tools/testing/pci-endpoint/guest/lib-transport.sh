# SPDX-License-Identifier: GPL-2.0
#
# ntb_transport: what it is told about the sizes of windows.

# transport_has_no_room SIZE: ntb_transport found its own window too small
transport_has_no_room()
{
	dmesg | grep "mw0: $(printf '0x%x' "$1") bytes are too few for"
}

# transport_refuses SIZE: ntb_transport does not take what the peer says about its window
transport_refuses()
{
	dmesg | grep "mw0: the peer says $(printf '0x%x' "$1") bytes for 1 queues, there are 0x[0-9a-f]*"
}

# transport_says HIGH LOW: what ntb_transport tells its peer about one queue and the size of one window, by ntb_tool; the
# version comes last, it is what the peer waits for
transport_says()
{
	local spad

	spad=$(ntb_tool_dir)/peer0/spad
	echo 1 >"${spad}2"	# queues
	echo 1 >"${spad}3"	# windows
	echo "$1" >"${spad}4"
	echo "$2" >"${spad}5"
	echo 4 >"${spad}0"
}

# no_carrier: the network is there, and knows that nobody is at the other end
no_carrier()
{
	[ "$(cat /sys/class/net/"$(netdev)"/carrier)" = 0 ]
}

# transport_together COUNT: load, find the peer, and unload, each time at the same moment as the other side
transport_together()
{
	local n other=rc

	[ "$ROLE" = ep ] || other=ep
	for n in $(seq "$1"); do
		touch /share/begin.$n.$ROLE
		eventually 20 test -e /share/begin.$n.$other
		modprobe ntb_netdev
		eventually 5 netdev
		ip link set "$(netdev)" up
		eventually 20 carrier
		touch /share/end.$n.$ROLE
		eventually 20 test -e /share/end.$n.$other
		unload ntb_netdev ntb_transport
	done
}

# A peer of ntb_transport that is ntb_tool, and raw_* for what is in its window.

# transport_ready: our first queue is ready, whether there is one or not
transport_ready()
{
	echo 1 >"$(ntb_tool_dir)"/peer0/spad1
}

# transport_says_until FILE HIGH LOW: again and again, as a driver does that waits for its peer
transport_says_until()
{
	while [ ! -e "$1" ]; do
		transport_says $2 $3
		transport_ready
		usleep 50000
	done
}

# frame SIZE INDEX NUMBER LENGTH FLAGS: the header of a frame in a window that has frames of SIZE bytes, and a doorbell.
# What a window of 2^n bytes is divided into does not begin at words, so it is written by halves.
frame()
{
	local at=$(($1 * $2 + $1 - 12)) value

	shift 2
	for value; do
		raw_write $at $((value & 0xffff)) 2
		raw_write $((at + 2)) $((value >> 16)) 2
		at=$((at + 4))
	done
	echo "s 0x1" >"$(ntb_tool_dir)"/peer_db
}

# net_stat NAME VALUE: a counter of the network interface
net_stat()
{
	local now

	now=$(cat /sys/class/net/"$(netdev)"/statistics/$1)
	[ "$now" = "$2" ] || fail "$1: $now instead of $2"
}

# net_stat_above NAME VALUE
net_stat_above()
{
	[ "$(cat /sys/class/net/"$(netdev)"/statistics/$1)" -gt "$2" ]
}

# frames_are GOOD TOO-LONG-OR-SHORT: what ntb_netdev has received
frames_are()
{
	eventually 10 net_stat rx_packets $1
	eventually 10 net_stat rx_length_errors $2
}

# link_flags COUNT SIZE: LINK_DOWN in the first frame, again and again, each time after the queue has come up
link_flags()
{
	local n

	for n in $(seq $1); do
		frame $2 0 0 0 3
		eventually 10 frame_seen $2
	done
}

# dmesg_limited TEXT: ten lines in five seconds, so that 21 of them take longer than that
dmesg_limited()
{
	dmesg | grep "$1" | tr -d '[]' | awk '{ t[NR] = $1 } NR > 20 && t[NR] - t[NR - 20] < 4.9 { exit 1 }'
}

frame_seen()
{
	[ $(($(raw_read $(($1 - 6))) >> 16)) = 0 ]
}

# transport_mtu_set BYTES: ntb_netdev with frames of that size
transport_mtu_set()
{
	modprobe ntb_transport transport_mtu=$1
	modprobe ntb_netdev
	eventually 5 netdev
}
