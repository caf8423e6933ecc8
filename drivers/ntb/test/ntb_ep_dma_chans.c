// SPDX-License-Identifier: GPL-2.0
/*
 * Channels of ntb_ep_dma
 *
 * A run takes channels when it starts and gives them back when it ends. What an
 * endpoint lends comes and goes with the link, and a channel that is held when
 * its provider goes is good for nothing but errors.
 */

#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/dmaengine.h>
#include <linux/jiffies.h>
#include <linux/ntb.h>
#include <linux/seq_file.h>

#include "ntb_ep_dma.h"

/* Whether we are the endpoint or the host: from here to the peer */
static bool is_ours(struct dma_chan *chan, struct device *dma_dev)
{
	struct dma_slave_caps caps = {};

	return chan->device->dev == dma_dev && !dma_get_slave_caps(chan, &caps) &&
	       caps.directions & BIT(DMA_MEM_TO_DEV);
}

static bool take_filter(struct dma_chan *chan, void *dma_dev)
{
	return is_ours(chan, dma_dev);
}

struct count_param {
	struct device *dma_dev;
	struct seq_file *s;
	unsigned int num;
};

/* Takes none */
static bool count_filter(struct dma_chan *chan, void *data)
{
	struct count_param *param = data;

	if (is_ours(chan, param->dma_dev)) {
		param->num++;
		if (param->s)
			seq_printf(param->s, "%s\n", dma_chan_name(chan));
	}

	return false;
}

static struct dma_chan *request(dma_filter_fn filter, void *param)
{
	dma_cap_mask_t mask;

	dma_cap_zero(mask);
	dma_cap_set(DMA_SLAVE, mask);

	return dma_request_channel(mask, filter, param);
}

/**
 * ntb_ep_dma_count_chans - channels that a run could have
 * @nd: the device
 * @s: where to list those that are free, or NULL
 *
 * Context: Process context.
 * Return: number of channels, with those that other runs have.
 */
unsigned int ntb_ep_dma_count_chans(struct ntb_ep_dma *nd, struct seq_file *s)
{
	struct count_param param = { .dma_dev = nd->dma_dev, .s = s };

	guard(mutex)(&nd->chan_lock);
	request(count_filter, &param);

	return param.num + nd->chans_held;
}

/**
 * ntb_ep_dma_put_chans - give channels back, nothing of the run is left on them
 * @nd: the device
 * @x: has them
 *
 * Context: Process context.
 */
void ntb_ep_dma_put_chans(struct ntb_ep_dma *nd, struct ntb_ep_dma_xfer *x)
{
	struct dma_chan *chan;

	scoped_guard(mutex, &nd->chan_lock) {
		nd->chans_held -= x->num;
		while (x->num) {
			chan = x->chans[--x->num];
			/* No callback finds the run gone */
			dmaengine_terminate_sync(chan);
			dma_release_channel(chan);
		}
		WRITE_ONCE(nd->chans_given, nd->chans_given + 1);
	}

	wake_up_all(&nd->proto.wq);
}

/*
 * All @wanted or none: two runs that have a part each would wait for each other.
 * Returns 0, or -EAGAIN if it is worth to wait for @total of them to change.
 */
static int try_take_chans(struct ntb_ep_dma *nd, struct ntb_ep_dma_xfer *x,
			  unsigned int wanted, unsigned int *total)
{
	guard(mutex)(&nd->chan_lock);

	while (x->num < wanted) {
		x->chans[x->num] = request(take_filter, nd->dma_dev);
		if (!x->chans[x->num])
			break;
		x->num++;
	}

	*total = x->num + nd->chans_held;
	if (x->num == wanted) {
		nd->chans_held += wanted;
		return 0;
	}

	while (x->num)
		dma_release_channel(x->chans[--x->num]);

	return -EAGAIN;
}

/**
 * ntb_ep_dma_take_chans - take channels, wait for those that other runs have
 * @nd: the device
 * @x: gets them
 * @slot: of the run
 * @wanted: how many
 *
 * Context: Process context.
 * Return: 0, or some of what ntb_ep_dma_run() returns, and no channels.
 */
int ntb_ep_dma_take_chans(struct ntb_ep_dma *nd, struct ntb_ep_dma_xfer *x,
			  struct ntb_ep_dma_slot *slot, unsigned int wanted)
{
	struct device *dev = &nd->ntb->dev;
	unsigned int given, total;
	long left = msecs_to_jiffies(ntb_ep_dma_timeout_ms);

	while (1) {
		given = READ_ONCE(nd->chans_given);
		if (!try_take_chans(nd, x, wanted, &total))
			return 0;

		if (!total) {
			dev_err_ratelimited(dev, "run: %s has no DMA channel to the peer\n",
					    dev_name(nd->dma_dev));
			return -ENODEV;
		}
		if (wanted > total) {
			dev_err_ratelimited(dev, "run: chans: %u, allowed: 1 - %u\n", wanted,
					    total);
			return -EINVAL;
		}

		left = wait_event_killable_timeout(nd->proto.wq,
						   READ_ONCE(nd->chans_given) != given ||
						   READ_ONCE(slot->err), left);
		if (left < 0)
			return -EINTR;
		if (slot->err)
			return slot->err;
		if (!left) {
			dev_err_ratelimited(dev, "run: %u of %u DMA channels are not free\n",
					    wanted, total);
			return -ETIMEDOUT;
		}
	}
}
