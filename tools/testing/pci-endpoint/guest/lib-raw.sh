# SPDX-License-Identifier: GPL-2.0
#
# Host side: BARs and decoding of a device, as no driver would use them
# (see the comment at the top of drivers/misc/pci-bar-poke.c).

RAW=/sys/kernel/debug/pci-bar-poke

# raw_bar BAR: the one that raw_* are about
raw_bar()
{
	[ -d $RAW ] || modprobe pci-bar-poke
	echo "$(pci_find 1912 0030) $1" >$RAW/target
}

# raw_write OFFSET VALUE [WIDTH] / raw_fill OFFSET LENGTH SEED
raw_write()
{
	echo "$@" >$RAW/poke
}

raw_fill()
{
	echo "$@" >$RAW/fill
}

# raw_read OFFSET [WORDS]: 0x and eight digits a word
raw_read()
{
	echo "$@" >$RAW/peek
	cat $RAW/peek
}

# bar_save BAR, bar_move BAR ADDRESS, bar_back BAR: the register behind the kernel's back, which goes on as if nothing
# had happened. A 64-bit BAR is moved below 4 GiB.
bar_config()
{
	echo $PCI/devices/"$(pci_find 1912 0030)"/config
}

bar_save()
{
	dd if="$(bar_config)" of=/tmp/bar.$1 bs=4 skip=$((4 + $1)) count=2 2>/dev/null
}

bar_put()
{
	dd of="$(bar_config)" bs=4 seek=$((4 + $1)) conv=notrunc 2>/dev/null
}

bar_move()
{
	local a=$(($2))

	printf "$(printf '\\%03o\\%03o\\%03o\\%03o' $((a & 255)) $((a >> 8 & 255)) $((a >> 16 & 255)) $((a >> 24 & 255)))" |
		bar_put $1
	if [ $((0x$(hexdump -v -n 1 -e '"%02x"' /tmp/bar.$1) & 4)) -ne 0 ]; then
		printf '\000\000\000\000' | bar_put $(($1 + 1))
	fi
}

bar_back()
{
	if [ $((0x$(hexdump -v -n 1 -e '"%02x"' /tmp/bar.$1) & 4)) -ne 0 ]; then
		bar_put $1 </tmp/bar.$1
	else
		head -c 4 /tmp/bar.$1 | bar_put $1
	fi
}

# pci_decode on|off: memory space enable of the command register
pci_decode()
{
	local command=$((0x$(hexdump -v -s 4 -n 1 -e '"%02x"' "$(bar_config)") & ~2))

	[ "$1" = off ] || command=$((command | 2))
	printf "\\$(printf %03o $command)" | dd of="$(bar_config)" bs=1 seek=4 conv=notrunc 2>/dev/null
}

# raw_done: forget the device
raw_done()
{
	echo none >$RAW/target
	rmmod pci-bar-poke
}
