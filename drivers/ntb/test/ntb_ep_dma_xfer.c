// SPDX-License-Identifier: GPL-2.0
/*
 * Runs of ntb_ep_dma: transfers, and what becomes of them
 */

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/dmaengine.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/ntb.h>
#include <linux/slab.h>

#include "ntb_ep_dma.h"
#include "ntb_ep_dma_pattern.h"

static void xfer_callback(void *param, const struct dmaengine_result *result)
{
	struct ntb_ep_dma_xfer *x = param;

	if (result && result->result != DMA_TRANS_NOERROR)
		WRITE_ONCE(x->err, -EIO);
	atomic_dec(&x->pending);
	wake_up_all(x->wq);
}

static int submit(struct ntb_ep_dma_xfer *x, struct dma_chan *chan, dma_addr_t src,
		  phys_addr_t dst, u32 len)
{
	struct dma_slave_config config = {
		.direction = DMA_MEM_TO_DEV,
		.dst_addr = dst,
	};
	struct dma_async_tx_descriptor *tx;
	int ret;

	ret = dmaengine_slave_config(chan, &config);
	if (ret)
		return ret;

	tx = dmaengine_prep_slave_single(chan, src, len, DMA_MEM_TO_DEV,
					 DMA_PREP_INTERRUPT | DMA_CTRL_ACK);
	if (!tx)
		return -EIO;

	tx->callback_result = xfer_callback;
	tx->callback_param = x;

	return dma_submit_error(dmaengine_submit(tx)) ? -EIO : 0;
}

/* After an error there may be transfers left: ntb_ep_dma_put_chans() ends them */
static int move_data(struct ntb_ep_dma *nd, struct ntb_ep_dma_xfer *x,
		     struct ntb_ep_dma_slot *slot, const struct ntb_ep_dma_params *params)
{
	u32 off, i;
	long left;
	int ret;

	atomic_set(&x->pending, params->count);
	for (i = 0; i < params->count; i++) {
		off = i * params->len;
		ret = submit(x, x->chans[i % x->num], nd->src_dma + params->src_off + off,
			     slot->peer.addr + params->dst_off + off, params->len);
		if (ret) {
			dev_err_ratelimited(&nd->ntb->dev,
					    "run: transfer %u of %u cannot be submitted: %d\n",
					    i + 1, params->count, ret);
			return ret;
		}
	}

	/* Only now, so that the channels really run at the same time */
	for (i = 0; i < x->num; i++)
		dma_async_issue_pending(x->chans[i]);

	left = wait_event_killable_timeout(*x->wq, !atomic_read(&x->pending) ||
					   READ_ONCE(x->err) || READ_ONCE(slot->err),
					   msecs_to_jiffies(ntb_ep_dma_timeout_ms));
	if (left < 0)
		return -EINTR;
	if (slot->err)
		return slot->err;
	if (x->err) {
		dev_err_ratelimited(&nd->ntb->dev, "run: a transfer has failed\n");
		return x->err;
	}
	if (!left) {
		dev_err_ratelimited(&nd->ntb->dev,
				    "run: %d of %u transfers have not ended within %u ms\n",
				    atomic_read(&x->pending), params->count,
				    ntb_ep_dma_timeout_ms);
		return -ETIMEDOUT;
	}

	return 0;
}

static int do_round(struct ntb_ep_dma *nd, struct ntb_ep_dma_xfer *x,
		    struct ntb_ep_dma_slot *slot, const struct ntb_ep_dma_params *params)
{
	u32 seed = ntb_ep_dma_proto_seed(&nd->proto, params->seed);
	int ret;

	ntb_ep_dma_pattern_fill(nd->src + params->src_off, slot->len, seed);

	ret = move_data(nd, x, slot, params);
	if (ret)
		return ret;

	ret = ntb_ep_dma_proto_ask(&nd->proto, slot, seed);
	if (ret)
		return ret;

	ntb_ep_dma_look_soon(nd);
	ret = ntb_ep_dma_proto_wait(&nd->proto, slot, msecs_to_jiffies(ntb_ep_dma_timeout_ms));
	if (ret == -EILSEQ)
		dev_err_ratelimited(&nd->ntb->dev,
				    "run: wrong data in the peer's buffer, first at %u + %u\n",
				    slot->dst_off, slot->bad);
	else if (ret == -ETIMEDOUT)
		dev_err_ratelimited(&nd->ntb->dev, "run: peer does not answer within %u ms\n",
				    ntb_ep_dma_timeout_ms);

	return ret;
}

static struct ntb_ep_dma_slot *claim(struct ntb_ep_dma *nd,
				     const struct ntb_ep_dma_params *params)
{
	struct ntb_ep_dma_slot *slot;
	struct ntb_ep_dma_issue issue;
	const char *why;
	char buf[128];

	ntb_ep_dma_look(nd);
	slot = ntb_ep_dma_proto_claim(&nd->proto, params->src_off, params->dst_off,
				      ntb_ep_dma_params_total(params));
	if (slot == ERR_PTR(-ENOTCONN)) {
		why = ntb_ep_dma_proto_why_not(&nd->proto);
		dev_err_ratelimited(&nd->ntb->dev, "run: %s\n", why ?: "the peer has changed");
	} else if (slot == ERR_PTR(-EINVAL) &&
		   ntb_ep_dma_params_fit(params, ntb_ep_dma_proto_peer(&nd->proto).size,
					 &issue)) {
		ntb_ep_dma_issue_print(buf, sizeof(buf), &issue);
		dev_err_ratelimited(&nd->ntb->dev, "run: %s (peer's buffer)\n", buf);
	}

	return slot;
}

static int do_run(struct ntb_ep_dma *nd, const struct ntb_ep_dma_params *params, u32 *bad)
{
	struct ntb_ep_dma_xfer *x __free(kfree) = kzalloc_obj(*x);
	struct ntb_ep_dma_slot *slot;
	u32 round;
	int ret;

	if (!x)
		return -ENOMEM;

	slot = claim(nd, params);
	if (IS_ERR(slot))
		return PTR_ERR(slot);

	x->wq = &nd->proto.wq;
	ret = ntb_ep_dma_take_chans(nd, x, slot, params->chans);
	if (!ret) {
		for (round = 0; round < params->rounds && !ret; round++)
			ret = do_round(nd, x, slot, params);
		ntb_ep_dma_put_chans(nd, x);
	}

	if (ret == -ECONNRESET)
		dev_err_ratelimited(&nd->ntb->dev, "run: link or peer have gone\n");

	*bad = slot->bad;
	ntb_ep_dma_proto_release(&nd->proto, slot);

	return ret;
}

/**
 * ntb_ep_dma_run - move data to the peer, and have it verified
 * @nd: the device
 * @params: what, parsed for the own buffer
 *
 * Context: Process context, may wait for some multiples of the time-out.
 * Return: 0 when all data arrived, or
 *
 *  -ENOTCONN    there is no peer, or it has not announced a buffer
 *  -ENODEV      there is no DMA channel to the peer
 *  -EINVAL      more than the peer's buffer holds, or more channels than there are
 *  -EBUSY       the ranges, or all slots, are in use by other runs
 *  -EIO         a transfer failed, or could not be started
 *  -EILSEQ      wrong data has arrived
 *  -ETIMEDOUT   transfers, channels or the answer took too long
 *  -ECONNRESET  link or peer went in the middle
 *  -ESHUTDOWN   the device is being removed
 *  -EINTR       the caller was killed
 *  -ENOMEM      no memory
 */
int ntb_ep_dma_run(struct ntb_ep_dma *nd, const struct ntb_ep_dma_params *params)
{
	u32 bad = 0;
	int ret;

	scoped_guard(mutex, &nd->stats_lock)
		nd->stats.peer_state = NTB_EP_DMA_RUNNING;

	ret = do_run(nd, params, &bad);

	guard(mutex)(&nd->stats_lock);
	nd->stats.runs++;
	nd->stats.errors += !!ret;
	nd->stats.last_status = ret;
	nd->stats.last_len = params->len;
	nd->stats.last_bad = bad;
	if (!ret) {
		nd->stats.peer_state = NTB_EP_DMA_PASSED;
		nd->stats.peer_xfer_len = ntb_ep_dma_params_total(params);
	} else {
		nd->stats.peer_state = ret == -EILSEQ ? NTB_EP_DMA_FAILED : NTB_EP_DMA_ERROR;
	}

	return ret;
}
