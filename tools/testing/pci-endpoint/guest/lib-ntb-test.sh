# SPDX-License-Identifier: GPL-2.0
#
# tools/testing/selftests/ntb/ntb_test.sh of the kernel, as it is. It wants bash, the dd and cmp of GNU (busybox's do not
# end at a file that takes no more, or do not read hexadecimal numbers), and ssh to the other side. The programs are those
# of this machine, with its libraries; ssh is ntb_test_ssh below and ntb_test_serve on the other side, by way of /share.

REAL=/tmp/real
STAND_IN=/tmp/stand-in

# stand_in NAME TEXT: a program that the script finds before others
stand_in()
{
	printf '#!/bin/sh\n%s\n' "$2" >$STAND_IN/"$1"
	chmod +x $STAND_IN/"$1"
}

# ntb_test_setup: both sides
ntb_test_setup()
{
	local name dir ld libs=

	mkdir -p $REAL $STAND_IN
	mount -t hostfs -o ro,/ none $REAL
	for dir in $REAL/lib/*-linux-gnu $REAL/usr/lib/*-linux-gnu $REAL/lib64 $REAL/usr/lib64; do
		[ ! -d "$dir" ] || libs=$libs:$dir
	done
	# not the one in /lib64, which may be a link that leads to this side's own /lib
	for ld in $REAL/lib/*-linux-gnu/ld-linux-x86-64.so.2 $REAL/lib64/ld-linux-x86-64.so.2; do
		[ ! -e "$ld" ] || break
	done
	for name in bash dd cmp; do
		stand_in $name "exec $ld --library-path ${libs#:} $REAL/usr/bin/$name \"\$@\""
	done
	stand_in ssh '. /tb/lib-ntb-test.sh; ntb_test_ssh "$@"'
	# The endpoint cannot offer MSIs, and the script does not look whether the module has found a device that can
	stand_in modprobe '[ "$1" != ntb_msi_test ] || exit 1; exec /bin/modprobe "$@"'
	mkdir -p /share/ssh
}

# ntb_test_ssh HOST COMMAND...: run it there. What has been written across the link before is there first: a read pushes it
# ahead.
ntb_test_ssh()
{
	local n call

	shift
	cat /sys/kernel/debug/ntb_tool/*/peer0/link >/dev/null 2>&1
	n=$(($(cat /tmp/ssh.calls 2>/dev/null) + 1))
	echo $n >/tmp/ssh.calls
	call=/share/ssh/$n
	echo "$*" >$call.new
	mv $call.new $call.command
	until [ -e $call.status ]; do
		usleep 5000
	done
	cat $call.out
	cat $call.err >&2
	n=$(cat $call.status)
	rm $call.*
	exit "$n"
}

# ntb_test_serve: the other end, until there is /share/ssh/end. The script looks for doorbells as soon as it has rung them;
# before and after each command they get the time that a network takes. It is this kernel's time, in which it polls.
ntb_test_serve()
{
	local n=1 call status

	PATH=$STAND_IN:$PATH
	while true; do
		call=/share/ssh/$n
		until [ -e $call.command ]; do
			[ ! -e /share/ssh/end ] || return 0
			usleep 5000
		done
		usleep 50000
		status=0
		sh $call.command </dev/null >$call.out 2>$call.err || status=$?
		usleep 50000
		# a register of the controller: what the endpoint has sent before is on its way
		cat /sys/kernel/debug/dwc_pcie_*/ltssm_status >/dev/null
		echo $status >$call.new
		mv $call.new $call.status
		n=$((n + 1))
	done
}

# ntb_test_run OPTION...: on the host; each of its tests is a result, what it calls unsupported is skipped
ntb_test_run()
{
	local status=0

	PATH=$STAND_IN:$PATH
	bash /tools/ntb_test.sh -r ep "$@" "$(ls /sys/bus/ntb/devices)" 0002:10:00.0 >/tmp/ntb_test.out 2>&1 || status=$?
	sed 's/^/# /' /tmp/ntb_test.out
	awk '
	/^Running/	{ name = $0 }
	/^Starting/	{ part = $2 }
	/^  Passed/	{ print "ok - " name }
	/^  Unsupported/	{ print "ok - " name " # SKIP Unsupported" }
	/^  Not doing/	{ sub("^ *", ""); print "ok - " part " # SKIP " $0 }
	' /tmp/ntb_test.out
	return $status
}
