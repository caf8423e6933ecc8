# SPDX-License-Identifier: GPL-2.0
#
# dma-peer-test, the same on both sides: see the comment at the top of
# drivers/misc/dma-peer-test-main.c.

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

# peer_request COUNT: all channels of the device, COUNT of them. With "some": no more than COUNT
peer_request()
{
	local n some=

	[ "$2" != some ] || some=$1
	echo request $some >$PEERTEST/channels
	n=$(wc -l <$PEERTEST/result)
	[ "$n" = "$1" ] || fail "$n channels instead of $1"
}

peer_release()
{
	echo release >$PEERTEST/channels
}

# peer_param NAME VALUE: segments, queue, timeout_ms
peer_param()
{
	echo "$2" >/sys/module/dma_peer_test/parameters/"$1"
}

# peer_fill LENGTH SEED [OFFSET [FIRST]] / peer_verify ...: bytes at OFFSET, from FIRST of the pattern that SEED makes
peer_fill()
{
	echo "${3:-0} $1 $2 ${4:-0}" >$PEERTEST/fill
}

peer_verify()
{
	echo "${3:-0} $1 $2 ${4:-0}" >$PEERTEST/verify || fail "$1 bytes of seed $2 did not arrive at ${3:-0}"
}

# peer_run write|read LENGTH ROUNDS [OFFSET [PEER-OFFSET]]: LENGTH bytes on each channel of the direction
peer_run()
{
	local other=rc addr size

	[ "$ROLE" = ep ] || other=ep
	read -r addr size </share/peer.$other
	addr=$(printf %#x $((addr + ${5:-0})))
	echo "$1 $addr $2 $3 ${4:-0}" >$PEERTEST/run || { cat $PEERTEST/result; fail "transfers failed"; }
}

# peer_counts COUNT: each of COUNT channels moved something, none had an error
peer_counts()
{
	cat $PEERTEST/result
	[ "$(grep -c 'transfers: [1-9][0-9]* bytes: [1-9][0-9]* errors: 0$' $PEERTEST/result)" = "$1" ] ||
		fail "not all of $1 channels moved data without an error"
}

# peer_errors COUNT: transfers that ended with an error, all channels together
peer_errors()
{
	local n

	cat $PEERTEST/result
	n=$(sed -n 's/.*errors: //p' $PEERTEST/result | paste -s -d + | sed 's/$/+0/')
	[ $((n)) = "$1" ] || fail "$((n)) transfers with an error instead of $1"
}
