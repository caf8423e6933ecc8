// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs of ntb_ep_dma, see the top of ntb_ep_dma_main.c for how to use it
 */

#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/ntb.h>
#include <linux/pci.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "ntb_ep_dma.h"

static struct dentry *ntb_ep_dma_top;

static const char *why_not(struct ntb_ep_dma *nd)
{
	const char *why;

	ntb_ep_dma_look(nd);
	why = ntb_ep_dma_proto_why_not(&nd->proto);
	if (!why && !ntb_ep_dma_count_chans(nd, NULL))
		why = "there is no DMA channel to the peer";

	return why;
}

static int ready_show(struct seq_file *s, void *unused)
{
	const char *why = why_not(s->private);

	if (why)
		seq_printf(s, "0: %s\n", why);
	else
		seq_puts(s, "1\n");

	return 0;
}
DEFINE_SHOW_ATTRIBUTE(ready);

static int channels_show(struct seq_file *s, void *unused)
{
	struct ntb_ep_dma *nd = s->private;
	unsigned int num;

	num = ntb_ep_dma_count_chans(nd, s);
	seq_printf(s, "device: %s\n", dev_name(nd->dma_dev));
	seq_printf(s, "channels: %u\n", num);
	seq_printf(s, "in use: %u\n", READ_ONCE(nd->chans_held));

	return 0;
}
DEFINE_SHOW_ATTRIBUTE(channels);

static void show_stats(struct seq_file *s, const struct ntb_ep_dma_stats *stats)
{
	seq_printf(s, "first_bad_offset: %u\n", stats->last_bad);
	seq_printf(s, "runs: %llu\n", (unsigned long long)stats->runs);
	seq_printf(s, "errors: %llu\n", (unsigned long long)stats->errors);
	seq_printf(s, "verified: %llu\n", (unsigned long long)stats->verified);
	seq_printf(s, "verify_errors: %llu\n", (unsigned long long)stats->verify_errors);
	seq_printf(s, "verified_len: %u\n", stats->verified_len);
}

static int result_show(struct seq_file *s, void *unused)
{
	static const char * const states[] = {
		[NTB_EP_DMA_IDLE] = "idle",
		[NTB_EP_DMA_RUNNING] = "running",
		[NTB_EP_DMA_PASSED] = "pass",
		[NTB_EP_DMA_FAILED] = "fail",
		[NTB_EP_DMA_ERROR] = "error",
	};
	struct ntb_ep_dma *nd = s->private;
	struct ntb_ep_dma_stats stats;
	struct ntb_ep_dma_peer peer;
	bool ready;

	ntb_ep_dma_look(nd);
	ready = !ntb_ep_dma_proto_why_not(&nd->proto);
	peer = ntb_ep_dma_proto_peer(&nd->proto);
	scoped_guard(mutex, &nd->stats_lock)
		stats = nd->stats;

	seq_printf(s, "last_status: %d\n", stats.last_status);
	seq_printf(s, "last_len: %u\n", stats.last_len);
	seq_printf(s, "local_buf_dma: %pad\n", &nd->dst_dma);
	seq_printf(s, "local_buf_size: %u\n", nd->buf_size);
	seq_printf(s, "peer_ready: %d\n", ready);
	seq_printf(s, "peer_state: %s\n", states[stats.peer_state]);
	seq_printf(s, "peer_dma: %#018llx\n", (unsigned long long)peer.addr);
	seq_printf(s, "peer_size: %u\n", peer.size);
	seq_printf(s, "peer_seq: %u\n", peer.seq);
	seq_printf(s, "peer_xfer_len: %u\n", stats.peer_xfer_len);
	seq_printf(s, "link_up: %d\n", ntb_link_is_up(nd->ntb, NULL, NULL) == 1);
	show_stats(s, &stats);

	return 0;
}
DEFINE_SHOW_ATTRIBUTE(result);

static ssize_t run_write(struct file *file, const char __user *ubuf, size_t len,
			 loff_t *ppos)
{
	struct ntb_ep_dma *nd = file->private_data;
	struct ntb_ep_dma_params params;
	struct ntb_ep_dma_issue issue;
	char buf[128];
	int ret;

	/* What is longer than this is refused as too long */
	char *cmd __free(kfree) = memdup_user_nul(ubuf, min(len, SZ_1K));
	if (IS_ERR(cmd))
		return PTR_ERR(cmd);

	ret = ntb_ep_dma_params_parse(strim(cmd), nd->buf_size, &params, &issue);
	if (ret) {
		ntb_ep_dma_issue_print(buf, sizeof(buf), &issue);
		dev_err_ratelimited(&nd->ntb->dev, "run: %s\n", buf);
		return ret;
	}

	ret = ntb_ep_dma_run(nd, &params);

	return ret ?: len;
}

/*
 * These do not pin the module: it can be removed in the middle of a run, which
 * ends then, and the removal of the file waits for that.
 */
static const struct debugfs_short_fops run_fops = {
	.write = run_write,
};

void ntb_ep_dma_debugfs_add(struct ntb_ep_dma *nd)
{
	nd->dir = debugfs_create_dir(pci_name(nd->ntb->pdev), ntb_ep_dma_top);
	debugfs_create_file("ready", 0400, nd->dir, nd, &ready_fops);
	debugfs_create_file("channels", 0400, nd->dir, nd, &channels_fops);
	debugfs_create_file("run", 0200, nd->dir, nd, &run_fops);
	debugfs_create_file("result", 0400, nd->dir, nd, &result_fops);
}

void ntb_ep_dma_debugfs_init(void)
{
	ntb_ep_dma_top = debugfs_create_dir(KBUILD_MODNAME, NULL);
}

void ntb_ep_dma_debugfs_exit(void)
{
	debugfs_remove_recursive(ntb_ep_dma_top);
}
