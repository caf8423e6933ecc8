// SPDX-License-Identifier: GPL-2.0
/*
 * Move data across an NTB with DMA channels of a PCI endpoint, and verify it
 *
 * An endpoint's DMA engine can move data in both directions, and each side can
 * have a part of its channels: the endpoint those that write to the host, the
 * host those that read from it, if the endpoint lends them (pci-epf-vntb,
 * attribute dma_bar). This client takes channels of the NTB's DMA device that
 * move data from here to the peer, whichever of the two that is. Load it on both
 * sides; ntb_transport and others cannot have the device at the same time.
 *
 *   host# modprobe dw-edma-aux       # not needed to be moved data to
 *   both# modprobe ntb_ep_dma
 *   both# cd /sys/kernel/debug/ntb_ep_dma/<PCI name of the NTB device>
 *
 * Is there a link, a peer and a channel? 1, or 0 and why not:
 *
 *   root# cat ready
 *   1
 *
 * Move 64 KiB. The write returns when the peer has verified each byte, or with
 * an error, which the kernel's log explains. What failed how is in
 * ntb_ep_dma_run(), in ntb_ep_dma_xfer.c.
 *
 *   root# echo 65536 > run
 *   root# cat result
 *   last_status: 0
 *   last_len: 65536
 *   ...
 *   peer_state: pass
 *
 * 1000 times 16 transfers of 4097 bytes each, one after the other in the buffers,
 * on four channels at the same time. Every word has a default:
 *
 *   root# echo len=4097 count=16 chans=4 rounds=1000 > run
 *
 * And seed=<number> makes other data of it, src_off=<bytes> and dst_off=<bytes>
 * move it from and to elsewhere in the buffers. Several runs can be in flight
 * on either side, as long as they do not use the same parts of the buffers. Runs
 * wait for channels that others have.
 *
 *   root# cat channels
 *
 * Parameters: buf_size, bytes of the buffers; timeout_ms, how long to wait for
 * channels, for the transfers of a round, and for the peer's answer to it.
 *
 * No memory window is used: the peer's buffer is not mapped, its DMA address is.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitops.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/ntb.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "ntb_ep_dma.h"

#define NTB_EP_DMA_MIN_BUF	SZ_4K
#define NTB_EP_DMA_MIN_TIMEOUT	10
#define NTB_EP_DMA_MAX_TIMEOUT	600000
/* The peer ends its runs at once; stopping an engine takes up to 1.2 s */
#define NTB_EP_DMA_DRAIN_MS	5000

static unsigned int buf_size = SZ_1M;
module_param(buf_size, uint, 0444);
MODULE_PARM_DESC(buf_size, "bytes of each of the two buffers, 4 KiB to 64 MiB (default 1 MiB)");

unsigned int ntb_ep_dma_timeout_ms = 10000;

static int timeout_set(const char *val, const struct kernel_param *kp)
{
	int ret = param_set_uint_minmax(val, kp, NTB_EP_DMA_MIN_TIMEOUT,
					NTB_EP_DMA_MAX_TIMEOUT);

	if (ret)
		pr_err("timeout_ms: '%s', allowed: %u - %u\n", val, NTB_EP_DMA_MIN_TIMEOUT,
		       NTB_EP_DMA_MAX_TIMEOUT);

	return ret;
}

static const struct kernel_param_ops timeout_ops = {
	.set = timeout_set,
	.get = param_get_uint,
};
module_param_cb(timeout_ms, &timeout_ops, &ntb_ep_dma_timeout_ms, 0644);
MODULE_PARM_DESC(timeout_ms, "patience with transfers and with the peer, 10 ms to 10 min (default 10000)");

static void free_bufs(struct ntb_ep_dma *nd)
{
	if (nd->src)
		dma_free_coherent(nd->dma_dev, nd->buf_size, nd->src, nd->src_dma);
	if (nd->dst)
		dma_free_coherent(nd->dma_dev, nd->buf_size, nd->dst, nd->dst_dma);
}

static int alloc_bufs(struct ntb_ep_dma *nd)
{
	nd->buf_size = buf_size;
	nd->src = dma_alloc_coherent(nd->dma_dev, nd->buf_size, &nd->src_dma, GFP_KERNEL);
	nd->dst = dma_alloc_coherent(nd->dma_dev, nd->buf_size, &nd->dst_dma, GFP_KERNEL);
	if (nd->src && nd->dst)
		return 0;

	dev_err(&nd->ntb->dev, "no memory for two buffers of buf_size=%u bytes\n",
		nd->buf_size);
	free_bufs(nd);

	return -ENOMEM;
}

static int check_ntb(struct ntb_dev *ntb)
{
	if (ntb_peer_port_count(ntb) != 1) {
		dev_err(&ntb->dev, "peers: %d, allowed: 1\n", ntb_peer_port_count(ntb));
		return -EINVAL;
	}
	if (ntb_spad_count(ntb) < (int)NTB_EP_DMA_MIN_SPADS) {
		dev_err(&ntb->dev, "scratchpads: %d, needed: %d\n", ntb_spad_count(ntb),
			(int)NTB_EP_DMA_MIN_SPADS);
		return -ENOSPC;
	}
	if (!ntb_db_valid_mask(ntb)) {
		dev_err(&ntb->dev, "there are no doorbells\n");
		return -EINVAL;
	}

	return 0;
}

/* Wait until the peer has stopped moving data into our buffer */
static bool drain_peer(struct ntb_ep_dma *nd)
{
	unsigned long timeout = jiffies + msecs_to_jiffies(NTB_EP_DMA_DRAIN_MS);

	while (ntb_ep_dma_proto_peer_busy(&nd->proto)) {
		if (time_after(jiffies, timeout))
			return false;
		fsleep(1000);
	}

	return true;
}

/* Nothing of it goes on, on either side */
static void ntb_ep_dma_stop(struct ntb_ep_dma *nd)
{
	bool drained;

	/* Ends the runs that the next line waits for */
	ntb_ep_dma_proto_close(&nd->proto);
	debugfs_remove_recursive(nd->dir);
	drained = drain_peer(nd);

	ntb_db_set_mask(nd->ntb, nd->db_bit);
	ntb_clear_ctx(nd->ntb);
	/* Nor is it queued again from here on */
	disable_delayed_work_sync(&nd->look);

	if (!drained) {
		/* Rather lost than overwritten when it is somebody else's */
		dev_err(&nd->ntb->dev, "the peer does not stop, %u bytes at %pad are not freed\n",
			nd->buf_size, &nd->dst_dma);
		nd->dst = NULL;
	}
}

static int ntb_ep_dma_probe(struct ntb_client *client, struct ntb_dev *ntb)
{
	struct ntb_ep_dma *nd;
	int ret;

	ret = check_ntb(ntb);
	if (ret)
		return ret;

	nd = kzalloc_obj(*nd);
	if (!nd)
		return -ENOMEM;

	nd->ntb = ntb;
	nd->dma_dev = get_device(ntb_get_dma_dev(ntb));
	nd->db_bit = BIT_ULL(__ffs64(ntb_db_valid_mask(ntb)));
	mutex_init(&nd->look_lock);
	mutex_init(&nd->chan_lock);
	mutex_init(&nd->stats_lock);
	INIT_DELAYED_WORK(&nd->look, ntb_ep_dma_look_work);

	ret = alloc_bufs(nd);
	if (ret)
		goto err_put;

	ret = ntb_ep_dma_proto_init(&nd->proto, &ntb_ep_dma_io, &ntb->dev,
				    ntb_spad_count(ntb), nd->dst_dma, nd->buf_size);
	if (ret)
		goto err_free;

	ret = ntb_set_ctx(ntb, nd, &ntb_ep_dma_ctx_ops);
	if (ret)
		goto err_free;
	ntb_db_clear(ntb, nd->db_bit);
	ntb_db_clear_mask(ntb, nd->db_bit);

	ret = ntb_link_enable(ntb, NTB_SPEED_AUTO, NTB_WIDTH_AUTO);
	if (ret) {
		dev_err(&ntb->dev, "the link cannot be enabled: %d\n", ret);
		goto err_stop;
	}

	ntb_ep_dma_debugfs_add(nd);
	ntb_ep_dma_look_soon(nd);

	return 0;

err_stop:
	ntb_ep_dma_stop(nd);
err_free:
	free_bufs(nd);
err_put:
	put_device(nd->dma_dev);
	kfree(nd);

	return ret;
}

static void ntb_ep_dma_remove(struct ntb_client *client, struct ntb_dev *ntb)
{
	struct ntb_ep_dma *nd = ntb->ctx;

	ntb_ep_dma_stop(nd);
	ntb_link_disable(ntb);

	free_bufs(nd);
	put_device(nd->dma_dev);
	kfree(nd);
}

static struct ntb_client ntb_ep_dma_client = {
	.ops = {
		.probe = ntb_ep_dma_probe,
		.remove = ntb_ep_dma_remove,
	},
};

static int __init ntb_ep_dma_init(void)
{
	int ret;

	if (buf_size < NTB_EP_DMA_MIN_BUF || buf_size > NTB_EP_DMA_MAX_BUF) {
		pr_err("buf_size: %u, allowed: %u - %u\n", buf_size, NTB_EP_DMA_MIN_BUF,
		       NTB_EP_DMA_MAX_BUF);
		return -EINVAL;
	}

	ntb_ep_dma_debugfs_init();
	ret = ntb_register_client(&ntb_ep_dma_client);
	if (ret)
		ntb_ep_dma_debugfs_exit();

	return ret;
}
module_init(ntb_ep_dma_init);

static void __exit ntb_ep_dma_exit(void)
{
	ntb_unregister_client(&ntb_ep_dma_client);
	ntb_ep_dma_debugfs_exit();
}
module_exit(ntb_ep_dma_exit);

MODULE_DESCRIPTION("PCIe NTB client for the DMA channels of an endpoint");
MODULE_AUTHOR("PCI endpoint testbed");
MODULE_LICENSE("GPL");
