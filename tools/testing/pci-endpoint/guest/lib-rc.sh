# SPDX-License-Identifier: GPL-2.0
#
# Host side: bus, devices, drivers.

PCI=/sys/bus/pci

# pci_find VENDOR DEVICE: address (0000:00:00.0) of the first such device, hexadecimal without 0x
pci_find()
{
	local d
	for d in "$PCI"/devices/*; do
		[ -e "$d"/vendor ] || continue
		if [ "$(cat "$d"/vendor)" = 0x"$1" ] && [ "$(cat "$d"/device)" = 0x"$2" ]; then
			basename "$d"
			return 0
		fi
	done
	return 1
}

pci_found_after_rescan()
{
	echo 1 >$PCI/rescan
	pci_find "$1" "$2"
}

# pci_rescan VENDOR DEVICE: until the device is there
pci_rescan()
{
	eventually 10 pci_found_after_rescan "$1" "$2"
	pci_find "$1" "$2"
}

# pci_remove VENDOR DEVICE
pci_remove()
{
	echo 1 >$PCI/devices/"$(pci_find "$1" "$2")"/remove
}

# pci_config_word VENDOR DEVICE OFFSET: four hexadecimal digits, read from the device
pci_config_word()
{
	hexdump -v -s "$3" -n 2 -e '"%04x"' $PCI/devices/"$(pci_find "$1" "$2")"/config
}

# pci_bind DRIVER VENDOR DEVICE / pci_unbind VENDOR DEVICE
pci_bind()
{
	pci_find "$2" "$3" >$PCI/drivers/"$1"/bind
}

pci_unbind()
{
	pci_find "$1" "$2" >$PCI/devices/"$(pci_find "$1" "$2")"/driver/unbind
}

# test_host_setup: find what epf_test_setup made and load its driver
test_host_setup()
{
	pci_rescan 104c b500
	modprobe pci_endpoint_test
	eventually 5 test -c /dev/pci-endpoint-test.0
}

# test_host_teardown: the way back
test_host_teardown()
{
	rmmod pci_endpoint_test
	pci_remove 104c b500
}

# ntb_host_setup: find what vntb_setup made and load its driver
ntb_host_setup()
{
	pci_rescan 1912 0030
	modprobe ntb_hw_epf
	eventually 10 ntb_present
}

ntb_host_teardown()
{
	unload ntb_hw_epf
	pci_remove 1912 0030
}

# selftest_cannot: what of tools/testing/selftests/pci_endpoint the board cannot do, as skipped tests
selftest_cannot()
{
	case $PROFILE in
	rcar-s4)
		echo "ok - MSIX_TEST # SKIP the controller has no MSI-X"
		echo "ok - BAR4.BAR_SUBRANGE_TEST # SKIP BAR4 has 256 bytes, a subrange at least 4 KiB" ;;
	esac
	case $PROFILE in
	rcar-s4|rk3588)
		echo "ok - CONSECUTIVE_BAR_TEST # SKIP word by word, BARs of 1 MiB take longer than the 30 s of the harness" ;;
	esac
}

# selftest_can: all the rest but COPY by DMA. The first filter that fits decides.
selftest_can()
{
	case $PROFILE in
	generic)	pci_endpoint_test -T LEGACY_IRQ_TEST -V dma ;;
	rcar-s4)	pci_endpoint_test -T LEGACY_IRQ_TEST -V dma -T MSIX_TEST -T CONSECUTIVE_BAR_TEST -V BAR4 ;;
	rk3588)		pci_endpoint_test -T LEGACY_IRQ_TEST -V dma -T CONSECUTIVE_BAR_TEST ;;
	*)		fail "selftest_can does not know the board $PROFILE" ;;
	esac
}
