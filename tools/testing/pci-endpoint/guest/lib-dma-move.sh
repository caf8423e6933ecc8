# SPDX-License-Identifier: GPL-2.0
#
# Data that lent DMA channels move; dma-peer-test does it (lib-peer.sh).

# --- host: transfers that go on while something else happens, and end badly

# dma_run_on: transfers that go on in the background / dma_run_once: one round of them
dma_run_on()
{
	dma_run_rounds 1000000
	usleep 200000
}

dma_run_once()
{
	dma_run_rounds 1
}

dma_run_rounds()
{
	rm -f /tmp/run.status
	(
		status=0
		(peer_run write 65536 "$1") || status=$?
		echo $status >/tmp/run.new
		mv /tmp/run.new /tmp/run.status
	) >/tmp/run.out 2>&1 &
}

# dma_run_failed: wait for their end, which is an error
dma_run_failed()
{
	until [ -e /tmp/run.status ]; do usleep 10000; done
	[ "$(cat /tmp/run.status)" != 0 ] || fail "they ended well"
}

# peer_fails: channels are held, but nothing moves any more, and that is said without waiting
peer_fails()
{
	local begin

	begin=$(uptime_ms)
	! (peer_run write 65536 1) || fail "data still moves"
	[ $(($(uptime_ms) - begin)) -lt $((5000 * SCALE)) ] || fail "that took too long"
}

# --- both: single transfers

# dma_peer_setup: a buffer on this side; on the host, all channels as well
dma_peer_setup()
{
	if [ "$ROLE" = ep ]; then
		peer_setup "$(epc)"
	else
		peer_setup "$(pci_find 1912 0030)"
		peer_request $DMA_CHANS
	fi
}

# dma_background: fill the buffer of the receiver, so that a byte too many shows
dma_background()
{
	peer_fill 1048576 255
}

# dma_piece LENGTH FROM TO SEED: the sender sends, the receiver looks, also at what lies between the last piece and this
dma_piece()
{
	if [ "$ROLE" = rc ]; then
		peer_fill "$1" "$4" "$2"
		peer_run write "$1" 1 "$2" "$3"
	else
		peer_verify "$1" "$4" "$3"
		peer_verify $(($3 - DMA_END)) 255 $DMA_END $DMA_END
		DMA_END=$(($3 + $1))
	fi
}

# dma_sizes FROM TO: pieces of many sizes on one channel, at these offsets to an alignment of 128 KiB; sender and
# receiver
dma_sizes()
{
	local at=0 len

	DMA_END=0
	for len in 1 4 4095 4096 4097 65536; do
		dma_piece $len "$1" $((at + $2)) $((len + $1 + 16 * $2))
		at=$((at + 131072))
	done
	[ "$ROLE" = rc ] || peer_verify $((1048576 - DMA_END)) 255 $DMA_END $DMA_END
}

# dma_channels: one channel, two at once, three, four; sender and receiver
dma_channels()
{
	local n at=0

	DMA_END=0
	for n in 1 2 3 4; do
		if [ "$ROLE" = rc ]; then
			peer_request $n some
			peer_fill $((n * 65536)) $n 3
			peer_run write 65536 1 3 $at
		else
			peer_verify $((n * 65536)) $n $at
		fi
		at=$((at + n * 65536 + 5))
	done
}

# dma_lists: lists of several elements, some of which do not fit the memory of a channel; sender and receiver
dma_lists()
{
	local n at=0

	for n in 2 169 170 400; do
		if [ "$ROLE" = rc ]; then
			peer_param segments $n
			peer_fill 245760 $n
			peer_run write 61440 1 0 $at
		else
			peer_verify 245760 $n $at
		fi
		at=$((at + 245760))
	done
	[ "$ROLE" = ep ] || peer_param segments 1
}

# --- both: streams

# dma_round NAME N: new data, and the receiver says that all of it arrived; sender and receiver
dma_round()
{
	if [ "$ROLE" = rc ]; then
		peer_fill 262144 "$2"
		peer_run write 65536 1
		touch /share/"$1.$2".sent
		dma_await "$1" "$1.$2".seen
	else
		dma_await "$1" "$1.$2".sent
		peer_verify 262144 "$2"
		touch /share/"$1.$2".seen
	fi
}

# dma_await NAME FILE: until it is there, or the other side has given up (dma_stream, dma_pump)
dma_await()
{
	until [ -e /share/"$2" ]; do
		[ ! -e /share/"$1".over ] || [ -e /share/"$2" ] || fail "the other side has given up"
		usleep 1000
	done
}

# dma_stream NAME COUNT [COMMAND...]: on both sides at once. The host sends to the endpoint, which verifies every byte,
# COUNT times with other data; the host runs COMMAND each time before it. NAME is a new one each time.
dma_stream()
{
	local name=$1 count=$2 n=0
	shift 2

	trap "touch /share/$name.over" EXIT
	while [ $n -lt "$count" ]; do
		n=$((n + 1))
		[ "$ROLE" = ep ] || "$@"
		dma_round "$name" $n
	done
	echo "$count times"
}

# dma_pump NAME: as dma_stream, in the background of both sides, until dma_pump_stop NAME
dma_pump()
{
	local n=1

	trap "touch /share/$1.over" EXIT
	until dma_pump_ends "$1" $n; do
		dma_round "$1" $n
		n=$((n + 1))
	done
	echo "$((n - 1)) times"
	[ $n -gt 1 ]
}

# dma_pump_ends NAME ROUND: the sender ends when it is told to, the receiver when the sender does
dma_pump_ends()
{
	if [ "$ROLE" = rc ]; then
		[ -e /share/"$1".stop ] && touch /share/"$1".end
		return
	fi
	until [ -e /share/"$1.$2".sent ]; do
		[ ! -e /share/"$1".over ] || break
		usleep 1000
	done
	[ -e /share/"$1".end ]
}

dma_pump_stop()
{
	touch /share/"$1".stop
}
