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
