// SPDX-License-Identifier: GPL-2.0
/*
 * Words of a BAR, read and written from userspace whatever driver the device has.
 *
 * Tests play a host that does what no driver does. Numbers as in C, the width in
 * bytes, 1 to 8; what is filled in is random, the same for the same seed:
 *
 *   cd /sys/kernel/debug/pci-bar-poke
 *   echo 0000:00:00.0 2 > target            # "none" lets go of the device
 *   echo <offset> <value> [<width>] > poke
 *   echo <offset> <length> <seed> > fill
 *   echo <offset> [<words>] > peek          # then one word of 32 bits a line:
 *   cat peek
 * What is not within the BAR is refused, the log says why.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/device/bus.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "debugfs-command.h"

/* The BAR that poke, fill and peek are about */
static DEFINE_MUTEX(raw_lock);
static struct pci_dev *raw_dev;
static void __iomem *raw_base;
static resource_size_t raw_len;
static u64 raw_offset;
static u64 raw_words;

static void raw_release(void)
{
	lockdep_assert_held(&raw_lock);

	if (!raw_dev)
		return;

	pci_iounmap(raw_dev, raw_base);
	pci_disable_device(raw_dev);
	pci_dev_put(raw_dev);
	raw_dev = NULL;
	raw_words = 0;
}

static int raw_check(const char *file, const char *field, u64 value, u64 min, u64 max)
{
	if (value >= min && value <= max)
		return 0;

	pr_err("%s: %s %#llx, allowed %#llx - %#llx\n", file, field, value, min, max);

	return -EINVAL;
}

static int raw_usage(const char *file, const char *cmd, const char *usage)
{
	pr_err("%s: '%s' is not '%s'\n", file, cmd, usage);

	return -EINVAL;
}

static int raw_target(const char *cmd)
{
	unsigned int nr;
	struct device *dev;
	char name[32];
	int ret;

	raw_release();
	if (!strcmp(cmd, "none"))
		return 0;

	if (sscanf(cmd, "%31s %u", name, &nr) != 2)
		return raw_usage("target", cmd, "<device> <BAR>");

	ret = raw_check("target", "BAR", nr, 0, PCI_STD_NUM_BARS - 1);
	if (ret)
		return ret;

	dev = bus_find_device_by_name(&pci_bus_type, NULL, name);
	if (!dev)
		return -ENODEV;

	raw_dev = to_pci_dev(dev);
	if (!(pci_resource_flags(raw_dev, nr) & IORESOURCE_MEM)) {
		pr_err("target: BAR %u of %s is no memory BAR of this device\n", nr, name);
		ret = -EINVAL;
		goto err_put;
	}

	raw_len = pci_resource_len(raw_dev, nr);
	/* What is larger than any access is simpler to check */
	ret = raw_check("target", "length of the BAR", raw_len, 16, U64_MAX);
	if (ret)
		goto err_put;

	ret = pci_enable_device(raw_dev);
	if (ret)
		goto err_put;

	raw_base = pci_iomap(raw_dev, nr, 0);
	if (raw_base)
		return 0;

	ret = -ENOMEM;
	pci_disable_device(raw_dev);
err_put:
	pci_dev_put(raw_dev);
	raw_dev = NULL;
	return ret;
}

static int raw_poke(u64 off, u64 value, u64 width)
{
	int ret;

	ret = raw_check("poke", "width", width, 1, sizeof(u64));
	if (ret)
		return ret;

	ret = raw_check("poke", "offset", off, 0, raw_len - width);
	if (ret)
		return ret;

	switch (width) {
	case 1:
		writeb(value, raw_base + off);
		return 0;
	case 2:
		writew(value, raw_base + off);
		return 0;
	case 4:
		writel(value, raw_base + off);
		return 0;
	case 8:
		writeq(value, raw_base + off);
		return 0;
	default:
		pr_err("poke: width %llu is not a power of two\n", width);
		return -EINVAL;
	}
}

static int raw_fill(u64 off, u64 len, u32 seed)
{
	u8 buf[64];
	size_t i, n;
	int ret;

	ret = raw_check("fill", "offset", off, 0, raw_len - 1);
	if (ret)
		return ret;

	ret = raw_check("fill", "length", len, 1, raw_len - off);
	if (ret)
		return ret;

	for (; len; off += n, len -= n) {
		n = min_t(u64, len, sizeof(buf));
		for (i = 0; i < n; i++) {
			seed = seed * 1664525 + 1013904223;
			buf[i] = seed >> 24;
		}
		memcpy_toio(raw_base + off, buf, n);
		cond_resched();
	}

	return 0;
}

static int raw_peek(u64 off, u64 words)
{
	int ret;

	ret = raw_check("peek", "offset", off, 0, raw_len - sizeof(u32));
	if (ret)
		return ret;

	/* Not their size in bytes, which can wrap */
	ret = raw_check("peek", "number of words", words, 1, (raw_len - off) / sizeof(u32));
	if (ret)
		return ret;

	raw_offset = off;
	raw_words = words;

	return 0;
}

static int raw_command(const char *file, char *cmd)
{
	u64 off, arg = 1, last = sizeof(u32);
	int num;

	guard(mutex)(&raw_lock);

	if (!strcmp(file, "target"))
		return raw_target(cmd);

	if (!raw_dev)
		return -ENODEV;

	num = sscanf(cmd, "%lli %lli %lli", &off, &arg, &last);
	if (!strcmp(file, "poke"))
		return num < 2 ? raw_usage(file, cmd, "<offset> <value> [<width>]") :
				 raw_poke(off, arg, last);

	if (!strcmp(file, "fill"))
		return num < 3 ? raw_usage(file, cmd, "<offset> <length> <seed>") :
				 raw_fill(off, arg, last);

	return num < 1 ? raw_usage(file, cmd, "<offset> [<words>]") : raw_peek(off, arg);
}

static ssize_t raw_write(struct file *file, const char __user *ubuf, size_t len, loff_t *ppos)
{
	return debugfs_command(file, ubuf, len, raw_command);
}

static int raw_show(struct seq_file *s, void *unused)
{
	u64 i;

	guard(mutex)(&raw_lock);

	for (i = 0; i < raw_words; i++)
		seq_printf(s, "0x%08x\n", readl(raw_base + raw_offset + i * sizeof(u32)));

	return 0;
}

static int raw_open(struct inode *inode, struct file *file)
{
	return single_open(file, raw_show, NULL);
}

static const struct file_operations raw_fops = {
	.owner = THIS_MODULE,
	.open = raw_open,
	.read = seq_read,
	.write = raw_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static struct dentry *raw_dir;

static int __init pci_bar_poke_init(void)
{
	static const char * const files[] = { "target", "poke", "fill", "peek" };
	unsigned int i;

	raw_dir = debugfs_create_dir("pci-bar-poke", NULL);
	for (i = 0; i < ARRAY_SIZE(files); i++)
		debugfs_create_file(files[i], 0600, raw_dir, NULL, &raw_fops);

	return 0;
}
module_init(pci_bar_poke_init);

static void __exit pci_bar_poke_exit(void)
{
	debugfs_remove(raw_dir);

	guard(mutex)(&raw_lock);
	raw_release();
}
module_exit(pci_bar_poke_exit);

MODULE_DESCRIPTION("Raw access to the BARs of a PCI device");
MODULE_LICENSE("GPL");
