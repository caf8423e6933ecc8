// SPDX-License-Identifier: GPL-2.0
/*
 * Link, scratchpads and doorbell of ntb_ep_dma
 *
 * Events come in atomic context and say next to nothing: all is done by one work,
 * which looks at everything. It comes back by itself as long as a doorbell that
 * got lost would make somebody wait.
 */

#include <linux/bitops.h>
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/ntb.h>
#include <linux/string.h>

#include "ntb_ep_dma.h"
#include "ntb_ep_dma_pattern.h"

static struct ntb_ep_dma *to_ntb_ep_dma(struct ntb_ep_dma_proto *p)
{
	return container_of(p, struct ntb_ep_dma, proto);
}

static u32 io_read(struct ntb_ep_dma_proto *p, unsigned int idx)
{
	return ntb_spad_read(to_ntb_ep_dma(p)->ntb, idx);
}

static void io_write(struct ntb_ep_dma_proto *p, unsigned int idx, u32 value)
{
	ntb_peer_spad_write(to_ntb_ep_dma(p)->ntb, NTB_DEF_PEER_IDX, idx, value);
}

static void io_ring(struct ntb_ep_dma_proto *p)
{
	struct ntb_ep_dma *nd = to_ntb_ep_dma(p);

	ntb_peer_db_set(nd->ntb, nd->db_bit);
}

const struct ntb_ep_dma_io ntb_ep_dma_io = {
	.read = io_read,
	.write = io_write,
	.ring = io_ring,
};

/**
 * ntb_ep_dma_look - find out what has happened to link and peer
 * @nd: the device
 *
 * Context: Process context.
 */
void ntb_ep_dma_look(struct ntb_ep_dma *nd)
{
	guard(mutex)(&nd->look_lock);

	/* Down and up again: the peer may be another one */
	if (test_and_clear_bit(0, &nd->link_lost))
		ntb_ep_dma_proto_link(&nd->proto, false);
	ntb_ep_dma_proto_link(&nd->proto, ntb_link_is_up(nd->ntb, NULL, NULL) == 1);
	ntb_ep_dma_proto_look(&nd->proto);
}

/**
 * ntb_ep_dma_look_soon - as a doorbell does it
 * @nd: the device
 *
 * Context: Any.
 */
void ntb_ep_dma_look_soon(struct ntb_ep_dma *nd)
{
	/* Verifies data as well, which takes a while */
	mod_delayed_work(system_dfl_long_wq, &nd->look, 0);
}

static void verify(struct ntb_ep_dma *nd, const struct ntb_ep_dma_req *req)
{
	u32 bad = ntb_ep_dma_pattern_check(nd->dst + req->off, req->len, req->seed);

	if (bad < req->len)
		dev_err_ratelimited(&nd->ntb->dev,
				    "wrong data from the peer: %u bytes at %u, first at %u\n",
				    req->len, req->off, bad);

	/* What comes next must not be here already */
	memset(nd->dst + req->off, NTB_EP_DMA_POISON, req->len);

	scoped_guard(mutex, &nd->stats_lock) {
		nd->stats.verified++;
		nd->stats.verify_errors += bad < req->len;
		nd->stats.verified_len = req->len;
	}

	ntb_ep_dma_proto_answer(&nd->proto, req, bad);
}

/**
 * ntb_ep_dma_look_work - look, and do what the peer wants
 * @work: of the device
 */
void ntb_ep_dma_look_work(struct work_struct *work)
{
	struct ntb_ep_dma *nd = container_of(to_delayed_work(work), struct ntb_ep_dma, look);
	struct ntb_ep_dma_req req;
	unsigned int poll_ms;

	ntb_ep_dma_look(nd);
	while (ntb_ep_dma_proto_next(&nd->proto, &req))
		verify(nd, &req);

	poll_ms = ntb_ep_dma_proto_poll(&nd->proto);
	/* Does not delay what a doorbell has queued since */
	if (poll_ms)
		queue_delayed_work(system_dfl_long_wq, &nd->look, msecs_to_jiffies(poll_ms));
}

static void ntb_ep_dma_link_event(void *ctx)
{
	struct ntb_ep_dma *nd = ctx;

	if (ntb_link_is_up(nd->ntb, NULL, NULL) != 1)
		set_bit(0, &nd->link_lost);
	ntb_ep_dma_look_soon(nd);
}

static void ntb_ep_dma_db_event(void *ctx, int vec)
{
	struct ntb_ep_dma *nd = ctx;

	/* Before the look, which then sees all that it was rung for */
	ntb_db_clear(nd->ntb, nd->db_bit);
	ntb_ep_dma_look_soon(nd);
}

const struct ntb_ctx_ops ntb_ep_dma_ctx_ops = {
	.link_event = ntb_ep_dma_link_event,
	.db_event = ntb_ep_dma_db_event,
};
