# SPDX-License-Identifier: GPL-2.0
#
# DMA channels that an endpoint lends to its host through vNTB (pci-epf-vntb,
# ntb_hw_epf, dw-edma-aux): set-up of both sides, and links and modules that come and go.

VNTB=$CFS/functions/pci_epf_vntb/func1
DMA_CHANS=4

# --- endpoint

# dma_layout: where the DMA slice goes on this board. rcar-s4 and rk3588: behind the window in BAR2, in steps of 4 and
# 64 KiB; generic: a BAR of its own.
dma_layout()
{
	case $PROFILE in
	rcar-s4)	echo mw1=0xF9000 dma_bar=2 dma_offset=0xF9000 dma_num_chans=4 ;;
	rk3588)		echo mw1=0xE0000 dma_bar=2 dma_offset=0xE0000 dma_num_chans=4 ;;
	generic)	echo dma_bar=3 dma_num_chans=4 ;;
	*)		fail "dma_layout does not know the board $PROFILE" ;;
	esac
}

# dma_layout_shared: in the window's BAR on all boards
dma_layout_shared()
{
	case $PROFILE in
	generic)	echo mw1=0xF0000 dma_bar=2 dma_num_chans=4 ;;
	*)		dma_layout ;;
	esac
}

# vntb_dma_setup [ATTR=VALUE...]: vntb_setup, and the host may have the channels that read from it
vntb_dma_setup()
{
	vntb_setup $(dma_layout) "$@"
	dma_status_is armed
}

# vntb_unbind / vntb_bind: as vntb_setup did it
vntb_unbind()
{
	rm $VNTB/primary/"$(epc)"
}

vntb_bind()
{
	ln -s $CFS/controllers/"$(epc)" $VNTB/primary
}

# vntb_attr NAME: value of a configfs attribute
vntb_attr()
{
	cat $VNTB/pci_epf_vntb.0/"$1"
}

# dma_status_is WORD: off, armed or live
dma_status_is()
{
	local status

	status=$(cat $VNTB/pci_epf_vntb.0/dma_status)
	[ "${status%% *}" = "$1" ] || fail "dma_status is '$status', not $1"
}

# refused REGEX ATTR VALUE: configfs takes no such value, and says why
refused()
{
	! echo "$3" 2>/dev/null >$VNTB/pci_epf_vntb.0/"$2" || fail "$2 takes $3"
	last_message "$1"
}

# unbindable REGEX ATTR=VALUE...: vNTB with these does not bind to the controller, and says why. The values stay
unbindable()
{
	local why=$1
	shift

	epf_set pci_epf_vntb "$@"
	! epf_bind pci_epf_vntb 2>/dev/null || fail "it binds with $*"
	last_message "$why"
}

# mw_flap COUNT: translations of the first window, of several sizes, that come and go (ntb_tool)
mw_flap()
{
	local n=0 trans

	trans=$(echo /sys/kernel/debug/ntb_tool/*/peer0/mw_trans0)
	while [ $n -lt "$1" ]; do
		echo $((65536 << n % 4)) >"$trans"
		[ $((n % 10)) != 0 ] || usleep 1000
		echo 0 >"$trans"
		n=$((n + 1))
	done
}

# --- host: drivers

# dma_info NAME: a line of debugfs ntb_hw_epf/<device>/info
dma_info()
{
	sed -n "s/^$1: //p" /sys/kernel/debug/ntb_hw_epf/*/info
}

# dma_child_bound: the auxiliary device is there, the first of its name, and dw-edma-aux drives it
dma_child_bound()
{
	[ "$(dma_info child)" = ntb_hw_epf.ep_dma_v1.0 ] && [ "$(dma_info driver)" = dw_edma_aux ] ||
		{ cat /sys/kernel/debug/ntb_hw_epf/*/info; return 1; }
}

# dma_no_child REASON: there is none, and the driver says why
dma_no_child()
{
	[ "$(dma_info child)" = none ] && dma_info reason | grep -q "$1" ||
		{ cat /sys/kernel/debug/ntb_hw_epf/*/info; fail "not: $1"; }
	! ls /sys/bus/auxiliary/devices | grep ep_dma || fail "there is one nevertheless"
}

# ntb_link Y|N: up or down, by ntb_tool, the client that does nothing by itself
ntb_link()
{
	echo "$1" >"$(echo /sys/kernel/debug/ntb_tool/*/link)"
}

# ntb_link_fails Y|N: nobody answers
ntb_link_fails()
{
	! (ntb_link "$1") || fail "link $1 works"
}

# dma_host_setup: find what vntb_dma_setup made, drivers for all of it, link up, channels
dma_host_setup()
{
	ntb_host_setup
	modprobe dw-edma-aux
	modprobe ntb_tool
	ntb_link Y
	dma_child_bound
}

dma_host_teardown()
{
	unload ntb_tool dw-edma-aux
	ntb_host_teardown
}

# dma_rescan: the device again, its drivers are loaded already; link up, channels
dma_rescan()
{
	pci_rescan 1912 0030
	eventually 5 ls /sys/kernel/debug/ntb_tool/*/link
	ntb_link Y
	dma_child_bound
}

# dma_flap: link down and up while channels are held, and channels again
dma_flap()
{
	ntb_link N
	ntb_link Y
	dma_child_bound
	peer_request $DMA_CHANS
}

# dma_cycles COUNT: link down and up, each time with channels at the end, and how long that takes
dma_cycles()
{
	local n=0 begin ms

	begin=$(uptime_ms)
	while [ $n -lt "$1" ]; do
		ntb_link N
		[ ! -e /sys/class/dma/dma0chan0 ]
		ntb_link Y
		[ -e /sys/class/dma/dma0chan3 ]
		n=$((n + 1))
	done
	ms=$((($(uptime_ms) - begin) / n))
	echo "$ms ms for link down, up and $DMA_CHANS channels, average of $n"
	[ $ms -lt $((1000 * SCALE)) ] || fail "that is too long"
}

# aux_unbind / aux_bind: the driver of the child
aux_unbind()
{
	echo ntb_hw_epf.ep_dma_v1.0 >/sys/bus/auxiliary/devices/ntb_hw_epf.ep_dma_v1.0/driver/unbind
}

aux_bind()
{
	echo ntb_hw_epf.ep_dma_v1.0 >"$(echo /sys/bus/auxiliary/drivers/*dw_edma_aux)"/bind
	dma_child_bound
}

# modules_unload / modules_load NAME...: of ntb_tool, ntb_hw_epf and dw-edma-aux, in this order
modules_unload()
{
	local m

	for m; do
		rmmod "$m"
	done
}

# A link comes up when both ntb_tool and ntb_hw_epf are there
modules_load()
{
	local m

	for m; do
		modprobe "$m"
		! ls /sys/kernel/debug/ntb_tool/*/link >/dev/null 2>&1 || ntb_link Y
	done
}

# modules_all_orders: unload and load them, each order of one with each order of the other
modules_all_orders()
{
	local off on

	for off in "ntb_tool ntb_hw_epf dw-edma-aux" "ntb_tool dw-edma-aux ntb_hw_epf" "dw-edma-aux ntb_tool ntb_hw_epf" \
		   "ntb_hw_epf ntb_tool dw-edma-aux" "ntb_hw_epf dw-edma-aux ntb_tool" "dw-edma-aux ntb_hw_epf ntb_tool"; do
		for on in "ntb_tool ntb_hw_epf dw-edma-aux" "ntb_hw_epf dw-edma-aux ntb_tool" "dw-edma-aux ntb_tool ntb_hw_epf"; do
			modules_unload $off
			modules_load $on
			dma_child_bound || fail "after $off, then $on"
		done
	done
}

# ctrl_block_of_old: what vntb_setup shows to a host that has no driver yet is what it showed before there was DMA to
# lend, byte by byte: control block, scratchpads, nothing behind. Stock vNTB has no embedded doorbell on "generic".
ctrl_block_of_old()
{
	echo 1 >$PCI/devices/"$(pci_find 1912 0030)"/enable
	raw_bar 0
	raw_read 0 384 | awk -v polled=$([ "$PROFILE" = generic ] && echo 1 || echo 0) '
		function want(i)
		{
			if (i == 0x20 / 4) return 1				# num_mws
			if (i == 0x28 / 4) return 0x134				# spad_offset
			if (i == 0x2c / 4) return 128				# spad_count
			if (i == 0x30 / 4) return polled ? 4 : 0		# db_entry_size
			if (i >= 13 && i < 13 + 16) return polled ? i - 12 : 0	# db_data
			if (i >= 45 && i < 45 + 16) return polled ? 0 : 0xa0	# db_offset
			return 0
		}
		$1 != sprintf("0x%08x", want(NR - 1)) { printf "word %d: %s, not %#x\n", NR - 1, $1, want(NR - 1); bad++ }
		END { exit bad || NR != 384 }'
	raw_done
	echo 0 >$PCI/devices/"$(pci_find 1912 0030)"/enable
}
