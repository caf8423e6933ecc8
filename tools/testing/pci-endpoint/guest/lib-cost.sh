# SPDX-License-Identifier: GPL-2.0
#
# What something costs (transactions, memory, time), and what the kernel said.

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
