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
 */
#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/device/bus.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

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

static int raw_target(const char *cmd)
{
	unsigned int nr;
	struct device *dev;
	char name[32];
	int ret;

	raw_release();
	if (!strcmp(cmd, "none"))
		return 0;

	if (sscanf(cmd, "%31s %u", name, &nr) != 2 || nr >= PCI_STD_NUM_BARS)
		return -EINVAL;

	dev = bus_find_device_by_name(&pci_bus_type, NULL, name);
	if (!dev)
		return -ENODEV;

	raw_dev = to_pci_dev(dev);
	raw_len = pci_resource_len(raw_dev, nr);
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
		return -EINVAL;
	}
}

static void raw_fill(u64 off, u64 len, u32 seed)
{
	u8 buf[64];
	size_t i, n;

	for (; len; off += n, len -= n) {
		n = min_t(u64, len, sizeof(buf));
		for (i = 0; i < n; i++) {
			seed = seed * 1664525 + 1013904223;
			buf[i] = seed >> 24;
		}
		memcpy_toio(raw_base + off, buf, n);
		cond_resched();
	}
}

static int raw_command(const char *file, const char *cmd)
{
	u64 off, arg = 0, last = 4, len;
	int num;

	guard(mutex)(&raw_lock);

	if (!strcmp(file, "target"))
		return raw_target(cmd);

	num = sscanf(cmd, "%lli %lli %lli", &off, &arg, &last);
	if (!raw_dev)
		return -ENODEV;

	if (!strcmp(file, "poke"))
		len = num < 2 ? 0 : last;
	else if (!strcmp(file, "fill"))
		len = num < 3 ? 0 : arg;
	else
		len = num < 1 ? 0 : num < 2 ? sizeof(u32) : arg * sizeof(u32);

	if (!len || off > raw_len || len > raw_len - off)
		return -EINVAL;

	if (!strcmp(file, "poke"))
		return raw_poke(off, arg, last);

	if (!strcmp(file, "fill")) {
		raw_fill(off, len, last);
		return 0;
	}

	raw_offset = off;
	raw_words = len / sizeof(u32);
	return 0;
}

static ssize_t raw_write(struct file *file, const char __user *ubuf, size_t len, loff_t *ppos)
{
	char *cmd __free(kfree) = NULL;
	int ret;

	if (len > 128)
		return -E2BIG;

	cmd = memdup_user_nul(ubuf, len);
	if (IS_ERR(cmd))
		return PTR_ERR(no_free_ptr(cmd));

	ret = raw_command(file->f_path.dentry->d_name.name, strim(cmd));

	return ret ?: len;
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
