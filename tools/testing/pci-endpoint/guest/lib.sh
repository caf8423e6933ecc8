# SPDX-License-Identifier: GPL-2.0
#
# Shell library of the steps, on both sides (busybox ash, set -e). Environment:
# ROLE (ep, rc), PROFILE, FLAVOUR, SCALE (patience factor), FULL (1 with --full).

# fail MESSAGE: end the step
fail()
{
	echo "$*" >&2
	exit 1
}

# skip REASON: end the step, its check counts as skipped (KSFT_SKIP)
skip()
{
	echo "# SKIP $*"
	exit 4
}

# ok NAME COMMAND...: one more test result, does not end the step
ok()
{
	local name="$1"
	shift
	if "$@"; then
		echo "ok - $name"
	else
		echo "not ok - $name"
	fi
}

# eventually SECONDS COMMAND...: until it succeeds; seconds are multiplied by SCALE
eventually()
{
	local left=$(($1 * SCALE * 20))
	shift
	# a subshell: it may fail()
	until ("$@") >/dev/null 2>&1; do
		left=$((left - 1))
		[ $left -gt 0 ] || fail "still fails: $*"
		usleep 50000
	done
}

# module_loaded NAME
module_loaded()
{
	[ -d /sys/module/"$(echo "$1" | tr - _)" ]
}

# unload NAME...: rmmod those that are loaded
unload()
{
	local m
	for m; do
		! module_loaded "$m" || rmmod "$m"
	done
}

. /tb/lib-ep.sh
. /tb/lib-rc.sh
. /tb/lib-ntb.sh
. /tb/lib-transport.sh
. /tb/lib-peer.sh
. /tb/lib-dma.sh
. /tb/lib-dma-move.sh
. /tb/lib-cost.sh
. /tb/lib-client.sh
. /tb/lib-raw.sh
. /tb/lib-hostile.sh
. /tb/lib-failing.sh

# kunit MODULE: load a KUnit module; each case of its suites is a result
kunit()
{
	local dir=/sys/kernel/debug/kunit suite seen=

	# without it suites load, run nothing, and say that they passed
	zcat /proc/config.gz | grep -qx CONFIG_KUNIT_AUTORUN_ENABLED=y

	ls $dir >/tmp/kunit.before
	modprobe "$1"
	for suite in $(ls $dir); do
		! grep -qx "$suite" /tmp/kunit.before || continue
		sed 's/^/# /' $dir/"$suite"/results
		sed -n "s/^    \(not \)\?ok [0-9]* /\1ok - $suite: /p" $dir/"$suite"/results
		grep -q "^ok " $dir/"$suite"/results || fail "$suite: not passed"
		grep -q "^    ok " $dir/"$suite"/results || fail "$suite: no case of it ran"
		seen=yes
	done
	[ "$seen" ] || fail "$1: no suite"
}
