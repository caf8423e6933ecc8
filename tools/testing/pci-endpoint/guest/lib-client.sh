# SPDX-License-Identifier: GPL-2.0
#
# ntb_ep_dma, the same on both sides: see the comment at the top of
# drivers/ntb/test/ntb_ep_dma_main.c.

# client: its debugfs directory
client()
{
	set -- /sys/kernel/debug/ntb_ep_dma/*
	[ -d "$1" ] || fail "no ntb_ep_dma device"
	echo "$1"
}

# client_load [PARAMETER=VALUE...]
client_load()
{
	eventually 10 ntb_present
	modprobe ntb_ep_dma "$@"
	client
}

# client_ready: link, peer and a channel; client_peer: all but the channel
client_ready()
{
	cat "$(client)"/ready
	[ "$(cat "$(client)"/ready)" = 1 ]
}

client_peer()
{
	grep -q "peer_ready: 1" "$(client)"/result
}

# client_pass WORD...: a run that the peer verifies
client_pass()
{
	echo "$*" >"$(client)"/run || { cat "$(client)"/result; dmesg | tail -n 5; fail "run $*"; }
	grep -q "peer_state: pass" "$(client)"/result
}

# client_fails TEXT WORD...: a run that ends with the error message TEXT
client_fails()
{
	local want="$1" out

	shift
	! out=$( { echo "$*" >"$(client)"/run; } 2>&1 ) || fail "run $* did not fail"
	echo "$* -> $out | $(dmesg | tail -n 1)"
	case "$out" in
	*"$want"*)	;;
	*)		fail "run $*: '$out' instead of '$want'" ;;
	esac
}
