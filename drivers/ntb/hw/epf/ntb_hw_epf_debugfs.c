// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs ntb_hw_epf/<PCI device>/info: what the endpoint offers and what became
 * of it, in particular why there are DMA channels or none. One "name: value" a
 * line.
 */

#include <kunit/visibility.h>
#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/seq_file.h>
#include <linux/string_choices.h>

#include "ntb_hw_epf_dma.h"

static struct dentry *ntb_epf_debugfs_root;

static void info_layout(struct seq_file *s, const struct ntb_epf_layout *layout)
{
	unsigned int i;

	seq_printf(s, "layout: %s\n", layout->extended ? "extended" : "legacy");
	if (!layout->extended)
		return;

	seq_printf(s, "db_count: %u\n", layout->db_count);
	for (i = 0; i < VNTB_CTRL_MAX_MW; i++)
		if (layout->mw[i].size)
			seq_printf(s, "mw%u: offset %#llx size %#llx\n", i + 1,
				   layout->mw[i].offset, layout->mw[i].size);

	seq_printf(s, "dma_abi: %u\n", layout->dma_abi);
	if (layout->dma_abi == VNTB_DMA_ABI_NONE)
		return;

	seq_printf(s, "dma_bar: %u\n", layout->dma_bar);
	seq_printf(s, "dma_offset: %#x\n", layout->dma_offset);
	seq_printf(s, "dma_size: %#x\n", layout->dma_size);
	seq_printf(s, "dma_num_chans: %u\n", layout->dma_num_chans);
}

/* Why there is no child */
static void info_reason(struct seq_file *s, struct ntb_epf_dma *dma)
{
	const struct ntb_epf_layout *layout = dma->layout;
	char buf[128];

	lockdep_assert_held(&dma->lock);

	seq_puts(s, "reason: ");

	if (dma->issue->field) {
		ntb_epf_issue_print(buf, sizeof(buf), dma->issue);
		seq_printf(s, "%s refused: %s\n",
			   layout->extended ? "DMA slice" : "extension", buf);
	} else if (!layout->extended) {
		seq_puts(s, "the endpoint has the control block of old\n");
	} else if (layout->dma_abi == VNTB_DMA_ABI_NONE) {
		seq_puts(s, "the endpoint lends no channels\n");
	} else if (!dma->irq_count) {
		seq_printf(s, "%u interrupt vectors, needed %u - %u\n", dma->vectors,
			   dma->irq_base + 1, dma->irq_base + layout->dma_num_chans);
	} else if (!READ_ONCE(dma->link_up)) {
		seq_puts(s, "the link is down\n");
	} else if (dma->error) {
		seq_printf(s, "cannot add the auxiliary device: %d\n", dma->error);
	} else {
		seq_puts(s, "the endpoint took the link down\n");
	}
}

void ntb_epf_info_show(struct seq_file *s, struct ntb_epf_dma *dma)
{
	struct device *child;

	info_layout(s, dma->layout);
	seq_printf(s, "vectors: %u\n", dma->vectors);
	seq_printf(s, "dma_irqs: %u from %u\n", dma->irq_count, dma->irq_base);
	seq_printf(s, "link: %s\n",
		   str_up_down(ntb_epf_dma_link_is_up(dma)));

	guard(mutex)(&dma->lock);

	if (!dma->child) {
		seq_puts(s, "child: none\n");
		info_reason(s, dma);
		return;
	}

	child = &dma->child->dev;
	seq_printf(s, "child: %s\n", dev_name(child));

	guard(device)(child);
	if (child->driver)
		seq_printf(s, "driver: %s\n", child->driver->name);
	else
		seq_puts(s, "driver: none, not loaded or it refuses, see the log\n");
}
EXPORT_SYMBOL_IF_KUNIT(ntb_epf_info_show);

static int info_show(struct seq_file *s, void *unused)
{
	ntb_epf_info_show(s, s->private);

	return 0;
}
DEFINE_SHOW_ATTRIBUTE(info);

void ntb_epf_debugfs_add(struct ntb_epf_dma *dma)
{
	dma->debugfs = debugfs_create_dir(dev_name(dma->dev), ntb_epf_debugfs_root);
	debugfs_create_file("info", 0400, dma->debugfs, dma, &info_fops);
}

void ntb_epf_debugfs_del(struct ntb_epf_dma *dma)
{
	debugfs_remove_recursive(dma->debugfs);
	dma->debugfs = NULL;
}

void ntb_epf_debugfs_init(void)
{
	ntb_epf_debugfs_root = debugfs_create_dir(KBUILD_MODNAME, NULL);
}

void ntb_epf_debugfs_exit(void)
{
	debugfs_remove(ntb_epf_debugfs_root);
}
