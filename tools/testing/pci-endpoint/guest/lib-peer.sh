# SPDX-License-Identifier: GPL-2.0
#
# dma-peer-test, the same on both sides: see the comment at the top of
# drivers/misc/dma-peer-test.c.

PEERTEST=/sys/kernel/debug/dma_peer_test

# peer_setup DEVICE: a buffer of 1 MiB for it; the other side reads where it is from /share
peer_setup()
{
	modprobe dma-peer-test
	echo "$1" >$PEERTEST/device
	cat $PEERTEST/buffer >/share/peer."$ROLE"
	cat /share/peer."$ROLE"
}

peer_teardown()
{
	echo none >$PEERTEST/device
	rmmod dma-peer-test
}

# peer_request COUNT: all channels of the device, COUNT of them
peer_request()
{
	local n

	echo request >$PEERTEST/channels
	n=$(wc -l <$PEERTEST/result)
	[ "$n" = "$1" ] || fail "$n channels instead of $1"
}

# peer_fill LENGTH SEED / peer_verify LENGTH SEED
peer_fill()
{
	echo 0 "$1" "$2" >$PEERTEST/fill
}

peer_verify()
{
	echo 0 "$1" "$2" >$PEERTEST/verify || fail "$1 bytes of seed $2 did not arrive"
}

# peer_run write|read LENGTH ROUNDS: LENGTH bytes on each channel of the direction
peer_run()
{
	local other=rc addr size

	[ "$ROLE" = ep ] || other=ep
	read -r addr size </share/peer.$other
	echo "$1 $addr $2 $3" >$PEERTEST/run || { cat $PEERTEST/result; fail "transfers failed"; }
}

# peer_counts COUNT: each of COUNT channels moved something, none had an error
peer_counts()
{
	cat $PEERTEST/result
	[ "$(grep -c 'transfers: [1-9][0-9]* bytes: [1-9][0-9]* errors: 0$' $PEERTEST/result)" = "$1" ] ||
		fail "not all of $1 channels moved data without an error"
}
