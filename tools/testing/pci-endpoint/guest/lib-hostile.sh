# SPDX-License-Identifier: GPL-2.0
#
# A side that does what no driver does. On the host, raw_* read and write words
# of a BAR behind the back of whatever driver is bound (see the comment at the
# top of drivers/misc/pci-bar-poke.c). What the endpoint shows is memory, so
# that the host can also put there what a hostile endpoint would.

# lie BAR OFFSET VALUE...: let words of a BAR say something else, until truth
lie()
{
	local bar=$1 at=$(($2)) value

	shift 2
	raw_bar "$bar"
	# the first of several at one place is the truth
	[ -s /tmp/truth ] || echo "$bar $at" $(raw_read $at $#) >/tmp/truth
	for value; do
		raw_write $at "$value"
		at=$((at + 4))
	done
}

truth()
{
	local bar at value

	read -r bar at value </tmp/truth
	raw_bar "$bar"
	for value in $value; do
		raw_write "$at" "$value"
		at=$((at + 4))
	done
	rm /tmp/truth
}

# repeat COUNT WORD
repeat()
{
	local n

	for n in $(seq "$1"); do
		echo "$2"
	done
}

# full COMMAND...: only with --full
full()
{
	[ "$FULL" = 0 ] || "$@"
}

# said TEXT FIELD VALUE: since the last dmesg -c one line with TEXT, and it names the field, the value, or "any" of them,
# and what is allowed
said()
{
	local value=$3

	[ "$value" = any ] && value="[0-9a-fx]*" || value=$(printf '0x%x' "$value")
	dmesg | grep "$1" >/tmp/said
	[ "$(wc -l </tmp/said)" = 1 ] && grep -q "$2 $value, allowed [0-9a-fx]* - [0-9a-fx]*" /tmp/said && return 0
	echo "not one line about '$2 $value':"
	dmesg | tail -n 20
	return 1
}

# The two sides play ping-pong all the time: the NTB as such has to work whatever is refused.

# pingpong_goes_on: some more rounds
pingpong_goes_on()
{
	pingpong_above 0 || return 1
	eventually 10 pingpong_above $(($(pingpong_count) + 3))
}

# MANY=1: the value that is refused is not simply the word that was written.

# extension_refused FIELD OFFSET VALUE...: words of the control block (BAR0); the host's driver refuses FIELD (the first
# VALUE), adds no auxiliary device, and the rest works
extension_refused()
{
	local field="$1" offset=$2 value=$3

	shift 2
	rmmod ntb_hw_epf
	lie 0 $((offset)) "$@"
	[ -z "$MANY" ] || value=any
	dmesg -c >/dev/null
	modprobe ntb_hw_epf
	ok "$field $value at $offset" extension_is_refused "$field" "$value"
	truth
}

extension_is_refused()
{
	eventually 10 pingpong_goes_on || return 1
	said "endpoint's control block:" "$1" "$2" || return 1
	[ "$(dma_info child)" = none ] && dma_info reason | grep -q "refused: $1 " && return 0
	cat /sys/kernel/debug/ntb_hw_epf/*/info
	return 1
}

# control_refused FIELD OFFSET VALUE...: the host's driver does not bind
control_refused()
{
	local field="$1" offset=$2 value=$3

	shift 2
	unload ntb_hw_epf
	lie 0 $((offset)) "$@"
	[ -z "$MANY" ] || value=any
	dmesg -c >/dev/null
	modprobe ntb_hw_epf
	ok "$field $value at $offset" control_is_refused "$field" "$value"
	truth
}

control_is_refused()
{
	local value=$2

	[ "$value" = any ] && value="[0-9a-fx]*" || value=$(printf '0x%x' "$value")
	if ! ntb_present && [ "$(dmesg | grep -c "control block: ")" = 1 ] &&
	   dmesg | grep -q "control block: $1 $value out of range ([0-9a-fx]* - [0-9a-fx]*)" &&
	   ! grep -q ntb /proc/iomem; then
		return 0
	fi
	dmesg | tail -n 20
	grep ntb /proc/iomem
	return 1
}

# slice_bar / slice_offset / slice_size: where the host's driver has found the DMA slice
slice_bar()
{
	dma_info dma_bar
}

slice_offset()
{
	echo $(($(dma_info dma_offset)))
}

slice_size()
{
	echo $(($(dma_info dma_size)))
}

# header_refused FIELD OFFSET VALUE...: words of the header of the DMA slice, link up; dw-edma-aux does not bind
header_refused()
{
	local field="$1" offset=$2 value=$3

	shift 2
	lie "$(slice_bar)" $(($(slice_offset) + offset)) "$@"
	[ -z "$MANY" ] || value=any
	dmesg -c >/dev/null
	modprobe dw-edma-aux
	ok "$field $value at $offset" header_is_refused "$field" "$value"
	rmmod dw-edma-aux
	truth
}

header_is_refused()
{
	said "endpoint's DMA header:" "$1" "$2" || return 1
	! dma_child_bound >/dev/null
}

# fails COMMAND...: it has to ("!" is nothing that set -e looks at)
fails()
{
	! "$@" || fail "succeeded: $*"
}

# write VALUE FILE
write()
{
	echo "$1" >"$2"
}

# faster_than SECONDS COMMAND...
faster_than()
{
	local limit=$(($1 * SCALE)) began now

	shift
	began=$(cut -d. -f1 /proc/uptime)
	"$@"
	now=$(cut -d. -f1 /proc/uptime)
	[ $((now - began)) -le $limit ] || fail "$((now - began)) s for: $*"
}

ntb_tool_dir()
{
	echo /sys/kernel/debug/ntb_tool/*
}

# db_is VALUE: doorbells that ntb_tool has seen
db_is()
{
	[ "$(cat "$(ntb_tool_dir)"/db)" = "$1" ]
}

# answered: the endpoint has a status for us
answered()
{
	[ $(($(raw_read 8) & 0xffff)) -ne 0 ]
}

# host_command COMMAND ARGUMENT: what a driver would send; prints the answer: 1 for success, 2 for failure
host_command()
{
	raw_bar 0
	raw_write 8 0 2
	raw_write 4 "$2"
	raw_write 0 "$1"
	eventually 1 answered
	echo $(($(raw_read 8) & 0xffff))
}

# answer_is STATUS COMMAND ARGUMENT
answer_is()
{
	local answer

	answer=$(host_command "$2" "$3") && [ "$answer" = "$1" ] && return 0
	echo "command $2, argument $3: answer '$answer' instead of $1"
	return 1
}

# window_answer_is STATUS ADDRESS SIZE: of command 3 for the first window
window_answer_is()
{
	raw_bar 0
	raw_write 0x10 "$2" 8
	raw_write 0x18 "$3" 8
	answer_is "$1" 3 0
}

# raise_nothing: no host has said that it wants interrupts, so the endpoint raises none, whoever asks for it
raise_nothing()
{
	echo "s 0x1" >"$(ntb_tool_dir)"/peer_db
	eventually 2 sh -c "dmesg | grep 'host has no vector for slot 2'"
}

# windows: what the host can reach, from /share/state: "BAR offset size -> address" of the endpoint, or "-> refused" for
# what the windows before do not match
windows()
{
	local word bar addr size target base len

	while read -r word addr size target; do
		case $word in
		BAR*)	eval "addr_$word=$addr size_$word=${target%% *}" ;;
		ib*)
			# "ib0 BAR0 -> 0x..." or "ib0 0x...a..0x...b -> 0x..."
			case $addr in
			BAR*)	eval "echo $addr 0x0 \$size_$addr '->' $target" ;;
			*)	size=${addr#*..} addr=${addr%%..*}
				for bar in BAR0 BAR1 BAR2 BAR3 BAR4 BAR5; do
					eval "base=\$addr_$bar len=\$size_$bar"
					[ -n "$base" ] && [ $((addr)) -ge $((base)) ] &&
						[ $((addr)) -lt $((base + len)) ] || continue
					printf '%s 0x%x 0x%x -> %s\n' $bar $((addr - base)) \
						$(((size & 0xffffffff) - (addr & 0xffffffff) + 1)) "$target"
				done ;;
			esac ;;
		esac
	done </share/state
}

# windows_are STATE...: exactly what vntb_dma_setup may let the host reach, by /share/state: "link" (up, with the slice
# shown) and "mw" (64 KiB are translated)
windows_are()
{
	local word bar offset scratch link='' mw=''

	for word; do
		eval "$word=1"
	done
	case $PROFILE in
	generic)	bar=BAR3 offset=0 scratch= ;;
	rcar-s4)	bar=BAR2 offset=0xf9000 scratch=0x7000 ;;
	rk3588)		bar=BAR2 offset=0xe0000 scratch=0x20000 ;;
	*)		fail "windows_are does not know the board $PROFILE" ;;
	esac
	{
		case $PROFILE in
		generic)	echo "BAR0 0x0 0x800"; echo "BAR4 0x0 0x80 registers" ;;
		rcar-s4)	echo "BAR0 0x0 0x100000"; echo "BAR4 0x0 0x100 registers" ;;
		rk3588)		echo "BAR0 0x0 0x100000" ;;	# BAR4 has no window
		esac
		# whatever else there is in BARs with holes or parts: without a window it would go on untranslated
		echo "BAR2 refused"
		[ $bar = BAR2 ] || echo "$bar refused"
		[ -z "$mw" ] || echo "BAR2 0x0 0x10000"
		case $link$PROFILE in
		1rk3588)	show_windows $bar $((offset)) 0x10000 "" 0x10000 "" ;;
		1rcar-s4)	show_windows $bar $((offset)) 0x1000 "" 0x1000 registers 0x4000 "" 0x1000 "" ;;
		1*)		show_windows $bar $((offset)) 0x1000 "" 0x1000 registers 0x4000 "" ;;
		*)		[ -z "$scratch" ] || show_windows $bar $((offset)) $scratch "" ;;
		esac
	} | sort >/tmp/expected
	# the eDMA registers are at 0x20000 of the controller (boards/common.dtsi)
	windows | sed 's/ -> 0x0*50020000$/ registers/; s/ .* -> refused$/ refused/; s/ -> .*//' | sort >/tmp/reached
	diff /tmp/expected /tmp/reached
}

show_windows()
{
	local bar=$1 offset=$2

	shift 2
	while [ $# -gt 0 ]; do
		echo $(printf '%s 0x%x 0x%x' $bar $offset $1) $2
		offset=$((offset + $1))
		shift 2
	done
}

# peer_until FILE: transfers of the endpoint's own channels, each of them checked at the host, until there is a file. The
# buffer that they come from is the endpoint's canary: it has to keep what was put into it.
peer_until()
{
	local addr size

	read -r addr size </share/peer.rc
	peer_fill 1048576 3
	while [ ! -e "$1" ]; do
		peer_run write 65536 1
	done
	echo 0 1048576 3 >$PEERTEST/verify
}

# scribble_slice SEED: all of it but the registers
scribble_slice()
{
	local at

	at=$(slice_offset)
	case $PROFILE in
	rk3588)	raw_fill $at 0x20000 "$1" ;;	# its registers are elsewhere
	*)	raw_fill $at 0x1000 "$1"
		raw_fill $((at + 0x2000)) 0x4000 "$1" ;;
	esac
}

# slice_is_scratch: what was written to the place of the slice is memory, or nobody has taken it
slice_is_scratch()
{
	local at

	at=$(slice_offset)
	case $PROFILE in
	generic)
		raw_read $at 16 | grep -qv 0xffffffff && return 1
		return 0 ;;
	*)
		raw_write $((at + 0x1000)) 0x12345678
		[ "$(raw_read $((at + 0x1000)))" = 0x12345678 ] ;;
	esac
}

# Failing allocations (sanitize kernels): Documentation/fault-injection. Only those count that a module causes, by the
# stack trace.

# ring_until FILE: doorbells for the host, until there is a file
ring_until()
{
	local db

	db=$(ntb_tool_dir)/peer_db
	while [ ! -e "$1" ]; do
		echo "s 0x1" >"$db"
		usleep 1000
	done
}

# dma_interrupts: of the endpoint's DMA engine, so far
dma_interrupts()
{
	sed -n 's/^ *[0-9]*: *\([0-9]*\) .*dma.*/\1/p' /proc/interrupts | head -n 1
}

# rd_int_mask: where in its BAR the host finds this register (dw-edma-v0-regs.h)
rd_int_mask()
{
	echo $(($(slice_offset) + 0x1000 + 0xa8))
}

# unmask_until FILE: let the endpoint be interrupted by the host's channels, until there is a file
unmask_until()
{
	local reg n=0

	raw_bar "$(slice_bar)"
	reg=$(rd_int_mask)
	touch /share/unmasked
	while [ ! -e "$1" ]; do
		raw_write "$reg" 0
		n=$((n + 1))
	done
	echo $n >/share/unmasked
}
