# SPDX-License-Identifier: GPL-2.0
#
# Linux's own test clients of an NTB: ntb_perf, ntb_msi_test, and a peer that is ntb_tool.

PERF=/sys/kernel/debug/ntb_perf

# perf_load: 1 MiB a run, in pieces of 64 KiB
perf_load()
{
	modprobe ntb_perf total_order=20 chunk_order=16
}

# perf_run: to the peer; waits until the sides have told each other about their buffers
perf_run()
{
	perf_start
	cat $PERF/*/run
	grep "copied 1048576 bytes" $PERF/*/run
}

perf_start()
{
	echo 0 >"$(echo $PERF/*/run)"
}

# perf_held: somebody has a file of it open
perf_held()
{
	[ "$(cat /sys/module/ntb_perf/refcnt)" != 0 ]
}

# perf_arrived down|up: the 1 MiB of one run did, between the files counters.0 and .1 in /share
perf_arrived()
{
	local bytes

	[ "$(counted "$1".ur)" = 0 ] || fail "$(counted "$1".ur) unsupported requests"
	bytes=$(counted "$1".mwr_bytes)
	# what else is written meanwhile is little
	[ "$bytes" -ge 1048576 ] && [ "$bytes" -lt 1114112 ] || fail "$bytes bytes"
}

# spads_are FIRST VALUE...: our own scratchpads, by ntb_tool
spads_are()
{
	local n=$1 value

	shift
	for value; do
		[ $(($(cat "$(ntb_tool_dir)"/spad$n))) = $(($value)) ] || return 1
		n=$((n + 1))
	done
}

# spads_say FIRST VALUE...: write our own scratchpads, which the peer reads
spads_say()
{
	local n=$1 value

	shift
	for value; do
		echo $(($value)) >"$(ntb_tool_dir)"/spad$n
		n=$((n + 1))
	done
}

# peer_ring BITS: doorbells, by ntb_tool
peer_ring()
{
	echo "s $1" >"$(ntb_tool_dir)"/peer_db
}

# perf_taken: the peer's ntb_perf waits for a command
perf_taken()
{
	[ "$(cat "$(ntb_tool_dir)"/peer0/spad0)" = 0xffffffff ]
}

# perf_says COMMAND VALUE: what ntb_perf would: 0 is followed by a size, 2 by an address
perf_says()
{
	local spad

	eventually 5 perf_taken
	spad=$(ntb_tool_dir)/peer0/spad
	echo $(($2 & 0xffffffff)) >"${spad}1"
	echo $(($2 >> 32 & 0xffffffff)) >"${spad}2"
	echo "$1" >"${spad}0"
	peer_ring 1
	eventually 5 perf_taken
}

# perf_take COMMAND: take what the peer's ntb_perf sends, so that it can send the next
perf_take()
{
	eventually 10 spads_are 0 "$1"
	spads_say 0 0xffffffff
}

# perf_inbuf SIZE: this side has a buffer of that many bytes for the peer
perf_inbuf()
{
	grep "In buffer size 0x0*$(printf '%x' "$1")$" $PERF/*/info
}

perf_no_inbuf()
{
	grep "In buffer addr: unallocated" $PERF/*/info
}

# msi_dir: of ntb_msi_test
msi_dir()
{
	echo /sys/kernel/debug/ntb_msi_test/*
}

msi_count_is()
{
	[ "$(cat "$(msi_dir)"/peer0/count)" = "$1" ]
}

# msi_refused NUMBER: it is not triggered
msi_refused()
{
	! write "$1" "$(msi_dir)"/peer0/trigger 2>/dev/null
}
