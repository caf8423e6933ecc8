// SPDX-License-Identifier: GPL-2.0
/*
 * Channels of dma-peer-test, and what they move
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cleanup.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "dma-peer-test.h"

#define DMA_PEER_MAX_SEGS	512
#define DMA_PEER_MAX_QUEUE	64

static unsigned int segments = 1;
module_param(segments, uint, 0644);
MODULE_PARM_DESC(segments, "scatterlist entries per transfer, 1 to 512 (default 1)");

static unsigned int queue = 1;
module_param(queue, uint, 0644);
MODULE_PARM_DESC(queue, "transfers that a channel gets at once, 1 to 64 (default 1)");

static unsigned int timeout_ms = 20000;
module_param(timeout_ms, uint, 0644);
MODULE_PARM_DESC(timeout_ms, "how long to wait for a transfer (default 20000)");

struct dma_peer_chan dma_peer_chans[DMA_PEER_MAX_CHANS];
unsigned int dma_peer_num_chans;

static void dma_peer_callback(void *data, const struct dmaengine_result *result)
{
	struct dma_peer_chan *pc = data;

	if (result && result->result != DMA_TRANS_NOERROR)
		pc->failed++;
	complete(&pc->done);
}

static bool dma_peer_filter(struct dma_chan *chan, void *dev)
{
	return chan->device->dev == dev;
}

void dma_peer_release_chans(void)
{
	lockdep_assert_held(&dma_peer_lock);

	while (dma_peer_num_chans)
		dma_release_channel(dma_peer_chans[--dma_peer_num_chans].chan);
}

int dma_peer_request_chans(unsigned int max)
{
	dma_cap_mask_t mask;

	lockdep_assert_held(&dma_peer_lock);

	if (!dma_peer_dev)
		return -ENODEV;

	dma_cap_zero(mask);
	dma_cap_set(DMA_SLAVE, mask);

	while (dma_peer_num_chans < min(max, DMA_PEER_MAX_CHANS)) {
		struct dma_peer_chan *pc = &dma_peer_chans[dma_peer_num_chans];
		struct dma_slave_caps caps = { };

		memset(pc, 0, sizeof(*pc));
		init_completion(&pc->done);
		pc->chan = dma_request_channel(mask, dma_peer_filter,
					       dma_peer_dev);
		if (!pc->chan)
			break;

		dma_get_slave_caps(pc->chan, &caps);
		pc->directions = caps.directions;
		dma_peer_num_chans++;
	}

	return dma_peer_num_chans ? 0 : -ENOENT;
}

/* All or nothing: a transfer that could not be prepared leaves nothing queued */
static int dma_peer_submit(struct dma_peer_chan *pc,
			   enum dma_transfer_direction dir, dma_addr_t local,
			   u64 peer, u32 len)
{
	struct dma_slave_config config = {
		.direction = dir,
		.src_addr = peer,
		.dst_addr = peer,
	};
	u32 nents = clamp(segments, 1U, min(len, DMA_PEER_MAX_SEGS));
	struct scatterlist *sgl __free(kfree) = NULL;
	struct dma_async_tx_descriptor *tx;
	struct scatterlist *sg;
	u32 off = 0;
	int i, ret;

	sgl = kmalloc_objs(*sgl, nents);
	if (!sgl)
		return -ENOMEM;

	sg_init_table(sgl, nents);
	for_each_sg(sgl, sg, nents, i) {
		sg_dma_address(sg) = local + off;
		sg_dma_len(sg) = i == nents - 1 ? len - off : len / nents;
		off += len / nents;
	}

	ret = dmaengine_slave_config(pc->chan, &config);
	if (ret)
		return ret;

	tx = dmaengine_prep_slave_sg(pc->chan, sgl, nents, dir,
				     DMA_PREP_INTERRUPT | DMA_CTRL_ACK);
	if (!tx)
		return -EIO;

	tx->callback_result = dma_peer_callback;
	tx->callback_param = pc;

	return dma_submit_error(dmaengine_submit(tx)) ? -EIO : 0;
}

/* What could be queued is, and has to be waited for */
static int dma_peer_queue(struct dma_peer_chan *pc,
			  enum dma_transfer_direction dir, dma_addr_t local,
			  u64 peer, u32 len)
{
	unsigned int num = clamp(queue, 1U, DMA_PEER_MAX_QUEUE);
	int ret;

	pc->queued = 0;
	pc->failed = 0;
	reinit_completion(&pc->done);

	while (pc->queued < num) {
		ret = dma_peer_submit(pc, dir, local, peer, len);
		if (ret)
			return ret;
		pc->queued++;
	}

	return 0;
}

static int dma_peer_wait(struct dma_peer_chan *pc, u32 len)
{
	unsigned int done = 0;
	int ret = 0;

	while (done < pc->queued && !ret) {
		if (wait_for_completion_timeout(&pc->done, msecs_to_jiffies(timeout_ms)))
			done++;
		else
			ret = -ETIMEDOUT;
	}

	if (ret || pc->failed) {
		ret = ret ?: -EIO;
		dmaengine_terminate_sync(pc->chan);
	}

	pc->errors += pc->queued - done + pc->failed;
	pc->transfers += done - pc->failed;
	pc->bytes += (u64)len * (done - pc->failed);
	pc->queued = 0;

	return ret;
}

int dma_peer_round(enum dma_transfer_direction dir, u64 peer, u32 len, u32 off)
{
	unsigned int i, used = 0;
	int ret = 0, err;

	for (i = 0; i < dma_peer_num_chans && !ret; i++) {
		struct dma_peer_chan *pc = &dma_peer_chans[i];

		if (!(pc->directions & BIT(dir)))
			continue;

		if (len > (dma_peer_size - off) / (used + 1)) {
			pr_err("length %u: %u channels do not fit the buffer of %u bytes\n",
			       len, used + 1, dma_peer_size);
			ret = -EINVAL;
			break;
		}

		ret = dma_peer_queue(pc, dir, dma_peer_addr + off + used * len,
				     peer + used * len, len);
		used++;
	}

	if (!used)
		return ret ?: -ENOENT;

	/* Only now, so that the channels really run at the same time */
	for (i = 0; i < dma_peer_num_chans; i++)
		if (dma_peer_chans[i].queued)
			dma_async_issue_pending(dma_peer_chans[i].chan);

	for (i = 0; i < dma_peer_num_chans; i++) {
		if (!dma_peer_chans[i].queued)
			continue;

		err = dma_peer_wait(&dma_peer_chans[i], len);
		if (!ret)
			ret = err;
	}

	return ret;
}
