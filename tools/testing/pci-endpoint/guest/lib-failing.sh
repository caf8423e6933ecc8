# SPDX-License-Identifier: GPL-2.0
#
# Allocations that fail one by one (CONFIG_FAILSLAB, /proc/<pid>/fail-nth), on
# kernels of the flavours that have config/failing.config.

FAILSLAB=/sys/kernel/debug/failslab

# fail_below MODULE [FUNCTION]: from now on allocations of this one, but not those below the function of the kernel
fail_below()
{
	local start size rest

	[ -d $FAILSLAB ] || fail "the kernel has no failslab"
	start=$(cat /sys/module/"$1"/sections/.text)
	read -r rest size rest <<-END
		$(grep "^$1 " /proc/modules)
	END
	echo $((start)) >$FAILSLAB/require-start
	echo $((start + size)) >$FAILSLAB/require-end
	if [ -n "$2" ]; then
		sort /proc/kallsyms | grep -A 1 " $2\(\.constprop\.0\|\)\(\$\|[[:space:]]\)" | cut -d' ' -f1 >/tmp/function
		echo $((0x$(head -n 1 /tmp/function))) >$FAILSLAB/reject-start
		echo $((0x$(tail -n 1 /tmp/function))) >$FAILSLAB/reject-end
	fi
	echo 32 >$FAILSLAB/stacktrace-depth
	echo N >$FAILSLAB/ignore-gfp-wait
	echo 0 >$FAILSLAB/probability
	# the log scan takes a stack trace for a report
	echo 0 >$FAILSLAB/verbose
}

# fail_nth N symlink|write WHAT PATH: the N-th allocation of it fails, then fail_happened; 0 if the whole works anyway
fail_nth()
{
	echo 1 >$FAILSLAB/times
	(
		echo "$1" >/proc/self/fail-nth
		case $2 in
		symlink)	exec ln -s "$3" "$4" ;;
		write)		echo "$3" >"$4" ;;
		esac
	) 2>/dev/null
}

fail_happened()
{
	[ "$(cat $FAILSLAB/times)" = 0 ]
}

# fail_over: there are not as many allocations as that; three in a row, because the stack traces of ARCH=um sometimes
# miss all of a system call
fail_over()
{
	! fail_happened || missed=0
	fail_happened || missed=$((missed + 1))
	[ $missed = 3 ]
}

# every allocation with --full, else one of five
FAIL_STEP=$((FULL ? 1 : 5))

# fail_bind: configured functions of pci_epf_vntb are bound until no allocation fails any more; leaves it bound
fail_bind()
{
	local f=$CFS/functions/pci_epf_vntb/func1 n=$((1 - FAIL_STEP)) failed=0 missed=0

	# an interrupt whose files in /proc could not be had the first time never gets them, and the core warns about that
	# when it goes
	ln -s $CFS/controllers/"$(epc)" "$f"/primary
	rm "$f"/primary/"$(epc)"

	# the PCI core frees the virtual host bridge twice if it cannot register the bus
	fail_below pci_epf_vntb pci_scan_bus
	while :; do
		n=$((n + FAIL_STEP))
		if fail_nth $n symlink $CFS/controllers/"$(epc)" "$f"/primary; then
			! fail_over || break
			rm "$f"/primary/"$(epc)"
		else
			fail_happened || fail "allocation $n: bind failed, but no allocation did"
			[ ! -e "$f"/primary/"$(epc)" ] || fail "allocation $n: bound all the same"
			failed=$((failed + 1))
		fi
		dma_status_is off
	done
	echo "$n allocations or less, $failed times not bound"
	[ $failed -gt 0 ]
}

# fail_probe: the same for ntb_hw_epf
fail_probe()
{
	local d n=$((1 - FAIL_STEP)) failed=0 missed=0

	d=$(pci_find 1912 0030)
	# the core warns if it has to free an interrupt for which it could not have all files in /proc
	fail_below ntb_hw_epf ntb_epf_try_isr
	while :; do
		n=$((n + FAIL_STEP))
		if fail_nth $n write "$d" $PCI/drivers/ntb_hw_epf/bind; then
			! fail_over || break
			echo "$d" >$PCI/drivers/ntb_hw_epf/unbind
		else
			fail_happened || fail "allocation $n: probe failed, but no allocation did"
			failed=$((failed + 1))
		fi
		! ntb_present || fail "allocation $n: it is still there"
	done
	echo "$n allocations or less, $failed times not bound"
	[ $failed -gt 0 ]
}

# fail_link: the same for the auxiliary device and its driver when ntb_tool takes the link up. The link is up in any case.
fail_link()
{
	local link n=$((1 - FAIL_STEP)) failed=0 missed=0

	link=$(ntb_tool_dir)/link
	fail_below ntb_hw_epf
	while :; do
		n=$((n + FAIL_STEP))
		fail_nth $n write Y "$link" || fail "allocation $n: no link"
		! fail_over || break
		[ "$(dma_info link)" = up ] || fail "allocation $n: link is down"
		dma_child_bound >/dev/null || failed=$((failed + 1))
		echo N >"$link"
	done
	echo "$n allocations or less, $failed times without channels"
	[ $failed -gt 0 ] && dma_child_bound
}

# fail_link_up / fail_link_up_host: for the work that handles LINK_UP at the endpoint; both at the same time
fail_link_up()
{
	local n=0 missed=0 w

	fail_below pci_epf_vntb
	while :; do
		n=$((n + 1))
		echo 1 >$FAILSLAB/times
		for w in $(grep -l '^kworker/.*H' /proc/[0-9]*/comm); do
			echo $n >"${w%comm}"fail-nth
		done
		touch /share/armed.$n
		eventually 10 test -e /share/up.$n
		for w in $(grep -l '^kworker/.*H' /proc/[0-9]*/comm); do
			echo 0 >"${w%comm}"fail-nth
		done
		! fail_over || break
	done
	touch /share/last
	touch /share/armed.$((n + 1))
	echo "$n allocations or less"
}

fail_link_up_host()
{
	local link n=1

	link=$(ntb_tool_dir)/link
	while :; do
		eventually 20 test -e /share/armed.$n
		[ ! -e /share/last ] || break
		echo Y >"$link"
		[ "$(dma_info link)" = up ]
		echo N >"$link"
		touch /share/up.$n
		n=$((n + 1))
	done
	echo Y >"$link"
	dma_child_bound
	echo N >"$link"
}
