// SPDX-License-Identifier: GPL-2.0
/*
 * Move data between this machine and the one across a PCIe link, with every
 * slave DMA channel that a device offers
 *
 * dmatest cannot drive the DMA engine of a PCIe endpoint: its channels are
 * slave channels, one end of each transfer is in another machine. Load this
 * module on both. Each side gets a buffer; one side moves, the other one
 * verifies what arrived:
 *
 *   cd /sys/kernel/debug/dma_peer_test
 *   echo <device> > device     # the DMA provider, or on the passive side the
 *                              # device whose peer has one
 *   cat buffer                 # <DMA address> <size>, for the other side
 *   echo request > channels    # take all channels of the device, or
 *   echo request 2 > channels  # two of them
 *   echo 0 4096 7 > fill       # offset, length, seed [, first byte of the pattern]
 *   echo write <peer address> 4096 1 > run   # length per channel, rounds
 *   cat result
 *   echo 0 4096 7 > verify     # on the other side
 *
 * "write" moves local memory to the peer, "read" the peer's memory here. With
 * n channels the transfer of channel i starts i * length into both buffers. A
 * last number for "run" is where in the local buffer the first one starts.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/device/bus.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/string_choices.h>

#include "debugfs-command.h"
#include "dma-peer-test.h"

unsigned int dma_peer_size = SZ_1M;
module_param_named(size, dma_peer_size, uint, 0444);
MODULE_PARM_DESC(size, "bytes of the buffer (default 1 MiB)");

/* Protects what the header declares below it, and the buffer */
DEFINE_MUTEX(dma_peer_lock);
struct device *dma_peer_dev;
dma_addr_t dma_peer_addr;
static u8 *dma_peer_buf;
static struct dentry *dma_peer_dir;

/* No two neighbouring bytes, pages or seeds look alike */
static u8 dma_peer_pattern(u32 seed, u32 offset)
{
	u32 x = (offset + 1) * 2654435761U ^ seed * 40503U;

	return x >> 24 ^ x >> 11;
}

static void dma_peer_unbind(void)
{
	lockdep_assert_held(&dma_peer_lock);

	if (!dma_peer_dev)
		return;

	dma_peer_release_chans();
	dma_free_coherent(dma_peer_dev, dma_peer_size, dma_peer_buf, dma_peer_addr);
	put_device(dma_peer_dev);
	dma_peer_dev = NULL;
	dma_peer_buf = NULL;
}

static int dma_peer_bind(const char *name)
{
	struct device *dev;

	lockdep_assert_held(&dma_peer_lock);

	dma_peer_unbind();

	dev = bus_find_device_by_name(&pci_bus_type, NULL, name);
	if (!dev)
		dev = bus_find_device_by_name(&platform_bus_type, NULL, name);
	if (!dev) {
		pr_err("device '%s' is neither on the PCI nor on the platform bus\n",
		       name);
		return -ENODEV;
	}

	dma_peer_buf = dma_alloc_coherent(dev, dma_peer_size, &dma_peer_addr, GFP_KERNEL);
	if (!dma_peer_buf) {
		put_device(dev);
		return -ENOMEM;
	}

	dma_peer_dev = dev;

	return 0;
}

static int dma_peer_run(char *cmd)
{
	enum dma_transfer_direction dir;
	u32 len, rounds, off = 0;
	char word[8];
	u64 peer;
	int ret;

	if (sscanf(cmd, "%7s %llx %u %u %u", word, &peer, &len, &rounds, &off) < 4) {
		pr_err("run: expected 'write|read <peer address> <length> <rounds> [<offset>]'\n");
		return -EINVAL;
	}

	if (!strcmp(word, "write")) {
		dir = DMA_MEM_TO_DEV;
	} else if (!strcmp(word, "read")) {
		dir = DMA_DEV_TO_MEM;
	} else {
		pr_err("run: '%s' is neither 'write' nor 'read'\n", word);
		return -EINVAL;
	}

	if (!len || len > dma_peer_size || off > dma_peer_size - len) {
		pr_err("run: length %u at offset %u is not within 1 and %u\n",
		       len, off, dma_peer_size);
		return -EINVAL;
	}

	while (rounds--) {
		ret = dma_peer_round(dir, peer, len, off);
		if (ret)
			return ret;
	}

	return 0;
}

static int dma_peer_fill_verify(char *cmd, bool verify)
{
	u32 off, len, seed, first = 0, i;

	if (sscanf(cmd, "%u %u %u %u", &off, &len, &seed, &first) < 3) {
		pr_err("expected '<offset> <length> <seed> [<first>]'\n");
		return -EINVAL;
	}

	if (off > dma_peer_size || len > dma_peer_size - off) {
		pr_err("offset %u and length %u exceed the buffer of %u bytes\n",
		       off, len, dma_peer_size);
		return -EINVAL;
	}

	if (!dma_peer_dev)
		return -ENODEV;

	for (i = 0; i < len; i++) {
		u8 want = dma_peer_pattern(seed, first + i);

		if (!verify) {
			dma_peer_buf[off + i] = want;
		} else if (dma_peer_buf[off + i] != want) {
			pr_err("first bad byte at offset %u: %#04x, not %#04x\n",
			       off + i, dma_peer_buf[off + i], want);
			return -EILSEQ;
		}
	}

	return 0;
}

static int dma_peer_command(const char *file, char *cmd)
{
	guard(mutex)(&dma_peer_lock);

	if (!strcmp(file, "device")) {
		if (!strcmp(cmd, "none")) {
			dma_peer_unbind();
			return 0;
		}
		return dma_peer_bind(cmd);
	}
	if (!strcmp(file, "channels")) {
		unsigned int max;

		dma_peer_release_chans();
		if (!strcmp(cmd, "release"))
			return 0;
		if (!strcmp(cmd, "request"))
			return dma_peer_request_chans(DMA_PEER_MAX_CHANS);
		if (sscanf(cmd, "request %u", &max) == 1)
			return dma_peer_request_chans(max);
		pr_err("channels: '%s' is neither 'request [<number>]' nor 'release'\n", cmd);
		return -EINVAL;
	}
	if (!strcmp(file, "fill"))
		return dma_peer_fill_verify(cmd, false);
	if (!strcmp(file, "verify"))
		return dma_peer_fill_verify(cmd, true);

	return dma_peer_run(cmd);
}

static ssize_t dma_peer_write(struct file *file, const char __user *ubuf,
			      size_t len, loff_t *ppos)
{
	return debugfs_command(file, ubuf, len, dma_peer_command);
}

static const struct file_operations dma_peer_command_fops = {
	.owner = THIS_MODULE,
	.write = dma_peer_write,
};

static int buffer_show(struct seq_file *s, void *unused)
{
	guard(mutex)(&dma_peer_lock);

	if (!dma_peer_dev)
		return -ENODEV;

	seq_printf(s, "%pad 0x%x\n", &dma_peer_addr, dma_peer_size);

	return 0;
}
DEFINE_SHOW_ATTRIBUTE(buffer);

static int result_show(struct seq_file *s, void *unused)
{
	unsigned int i;

	guard(mutex)(&dma_peer_lock);

	for (i = 0; i < dma_peer_num_chans; i++) {
		struct dma_peer_chan *pc = &dma_peer_chans[i];

		seq_printf(s, "%s %s transfers: %llu bytes: %llu errors: %llu\n",
			   dma_chan_name(pc->chan),
			   str_write_read(pc->directions & BIT(DMA_MEM_TO_DEV)),
			   pc->transfers, pc->bytes, pc->errors);
	}

	return 0;
}
DEFINE_SHOW_ATTRIBUTE(result);

static int __init dma_peer_init(void)
{
	static const char * const commands[] = {
		"device", "channels", "fill", "verify", "run",
	};
	unsigned int i;

	if (!dma_peer_size || dma_peer_size > SZ_4M) {
		pr_err("size %u is not between 1 and %u\n", dma_peer_size, SZ_4M);
		return -EINVAL;
	}

	dma_peer_dir = debugfs_create_dir(KBUILD_MODNAME, NULL);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		debugfs_create_file(commands[i], 0200, dma_peer_dir, NULL,
				    &dma_peer_command_fops);
	debugfs_create_file("buffer", 0400, dma_peer_dir, NULL, &buffer_fops);
	debugfs_create_file("result", 0400, dma_peer_dir, NULL, &result_fops);

	return 0;
}
module_init(dma_peer_init);

static void __exit dma_peer_exit(void)
{
	debugfs_remove(dma_peer_dir);

	guard(mutex)(&dma_peer_lock);
	dma_peer_unbind();
}
module_exit(dma_peer_exit);

MODULE_DESCRIPTION("Move data across a PCIe link with slave DMA channels");
MODULE_LICENSE("GPL");
