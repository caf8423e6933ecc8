# SPDX-License-Identifier: GPL-2.0
#
# Endpoint side: functions and controllers through configfs, as
# Documentation/PCI/endpoint/pci-test-howto.rst and pci-vntb-howto.rst say.

CFS=/sys/kernel/config/pci_ep

# epc: name of the endpoint controller
epc()
{
	set -- $CFS/controllers/*
	[ -d "$1" ] || fail "no endpoint controller"
	basename "$1"
}

# epf_create DRIVER [FUNC]: a function device (pci_epf_test, pci_epf_vntb)
epf_create()
{
	local dir=$CFS/functions/$1/${2:-func1}

	eventually 5 test -d $CFS/controllers/"$(ls $CFS/controllers | head -n 1)"
	modprobe "$1"
	eventually 5 test -d $CFS/functions/"$1"
	mkdir "$dir"
	# attributes of the driver and primary/ come from a work item
	eventually 5 test -d "$dir"/primary
}

# epf_set DRIVER ATTR=VALUE...: of func1, common attributes as well as the driver's own
epf_set()
{
	local dir=$CFS/functions/$1/func1 word attr
	shift
	for word; do
		attr=$dir/${word%%=*}
		[ -e "$attr" ] || attr=$(echo "$dir"/*.[0-9]*/"${word%%=*}")
		[ -e "$attr" ] || fail "no attribute '${word%%=*}' in $dir"
		echo "${word#*=}" >"$attr" || fail "cannot set $word"
	done
}

# epf_bind DRIVER / epf_unbind DRIVER: func1 to the controller
epf_bind()
{
	ln -s $CFS/functions/"$1"/func1 $CFS/controllers/"$(epc)"/
}

epf_unbind()
{
	rm $CFS/controllers/"$(epc)"/func1
}

link_start()
{
	echo 1 >$CFS/controllers/"$(epc)"/start
}

link_stop()
{
	echo 0 >$CFS/controllers/"$(epc)"/start
}

# epf_destroy DRIVER: everything back, in the order that the framework wants
epf_destroy()
{
	local f=$CFS/functions/$1/func1 c

	c=$CFS/controllers/$(epc)
	[ "$(cat "$c"/start)" = 0 ] || link_stop
	[ ! -L "$c"/func1 ] || rm "$c"/func1
	[ ! -L "$f"/primary/"$(epc)" ] || rm "$f"/primary/"$(epc)"
	rmdir "$f"
	rmmod "$1"
}

# epf_test_setup [ATTR=VALUE...]: pci_epf_test of the howto, bound, link started. Fewer MSI-X vectors than there and,
# where the board lets us choose, smaller BARs: every vector and every word is tried.
epf_test_setup()
{
	local sizes=

	[ $PROFILE != generic ] || sizes="bar1_size=16384 bar2_size=16384 bar3_size=16384 bar4_size=16384 bar5_size=65536"
	epf_create pci_epf_test
	epf_set pci_epf_test vendorid=0x104c deviceid=0xb500 msi_interrupts=32 msix_interrupts=256 $sizes "$@"
	epf_bind pci_epf_test
	link_start
}

# vntb_setup [ATTR=VALUE...]: pci_epf_vntb with one window of 1 MiB, bound, link started. These IDs make ntb_hw_epf look
# for control, window and doorbells in BAR 0, 2 and 4, which all profiles have.
vntb_setup()
{
	epf_create pci_epf_vntb
	# num_mws before the windows: it bounds them
	epf_set pci_epf_vntb vendorid=0x1912 deviceid=0x0030 msi_interrupts=32 \
		db_count=16 spad_count=128 num_mws=1 mw1=0x100000 \
		vntb_vid=0x1912 vntb_pid=0x0030 vbus_number=0x10 \
		ctrl_bar=0 mw1_bar=2 db_bar=4 "$@"
	ln -s $CFS/controllers/"$(epc)" $CFS/functions/pci_epf_vntb/func1/primary
	link_start
}
