# SPDX-License-Identifier: GPL-2.0
#
# DMA channels that an endpoint lends to its host through vNTB (pci-epf-vntb,
# ntb_hw_epf, dw-edma-aux). dma-peer-test moves the data (lib-peer.sh).

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

# --- costs

# counted NAME: what has been added to a counter of the emulator between the files counters.0 and counters.1 in /share
counted()
{
	echo $(($(sed -n "s/^$1 //p" /share/counters.1) - $(sed -n "s/^$1 //p" /share/counters.0)))
}

# at_most NAME LIMIT: a budget
at_most()
{
	local n

	n=$(counted "$1")
	echo "$1: $n (at most $2)"
	[ "$n" -le "$2" ] || fail "$1: $n, more than $2"
}

# transfer_budget TRANSFERS ELEMENTS CHUNKS: what that many transfers may cost between the files counters.0 and .1
transfer_budget()
{
	local msis

	at_most down.mwr $(($1 * (4 * $2 + 4 * $3 + 6)))
	at_most down.mrd $(($1 * (2 + 2 * $3)))
	msis=$(($(counted up.msi) + $(counted up.msix)))
	echo "interrupts: $msis (exactly $(($1 * $3)))"
	[ $msis = $(($1 * $3)) ] || fail "$msis interrupts instead of $(($1 * $3))"
}

# slab_pages: of what drivers and the device model allocate; threads, files and the like come and go.
slab_pages()
{
	awk '/^(kmalloc|kernfs)/ { n += $15 * $6 } END { print n }' /proc/slabinfo
}

# slab_as_before: within a page of what slab_pages said to /tmp/slab. Try for a while: works and RCU free things later
slab_as_before()
{
	local tries=100 before

	[ "$FLAVOUR" != sanitize ] || return 0
	before=$(cat /tmp/slab)
	until slab_near "$before" || [ $tries = 0 ]; do
		tries=$((tries - 1))
		usleep 50000
	done
	echo "$before pages before, $(slab_pages) now"
	slab_near "$before"
}

slab_near()
{
	local n

	n=$(slab_pages)
	[ "$n" -ge $(($1 - 1)) ] && [ "$n" -le $(($1 + 1)) ]
}

# --- messages and times

# last_message REGEX: among the last lines of the kernel's log
last_message()
{
	dmesg | tail -n 5 | grep -e "$1" || { dmesg | tail -n 5; fail "the kernel did not say: $1"; }
}

# said_once REGEX: one line in the kernel's log
said_once()
{
	[ "$(dmesg | grep -c -e "$1")" = 1 ] || { dmesg | tail -n 20; fail "not once: $1"; }
}

# uptime_ms: milliseconds, in steps of 10
uptime_ms()
{
	local up

	read -r up _ </proc/uptime
	# a 1 before the fraction, or 0.08 is an octal number that there is not
	echo $((${up%.*} * 1000 + 1${up#*.}0 - 1000))
}

# within_ms LIMIT COMMAND...: a generous one, for what may take a while but not for ever
within_ms()
{
	local begin limit=$1 ms
	shift

	begin=$(uptime_ms)
	"$@"
	ms=$(($(uptime_ms) - begin))
	echo "$*: $ms ms"
	[ $ms -lt $((limit * SCALE)) ] || fail "$*: $ms ms, more than $limit"
}
