// SPDX-License-Identifier: GPL-2.0
/*
 * How the two ends of ntb_ep_dma find each other
 *
 * Each side announces its buffer in the other one's scratchpads, and a new
 * announcement is made each time the link comes up. A side can be moved data to
 * from when it has been told which of its announcements the other one goes by,
 * so that none that is left over from another life is taken for one.
 *
 * Doorbells only say that it is time to look. They may be merged, come without a
 * reason or get lost: what counts is what the scratchpads say, and whoever waits
 * looks, and rings, again from time to time.
 *
 * The peer is not trusted. Each of its words is read once, and nothing is done
 * that the own buffer does not allow. That it can write a wrong address or claim
 * that all data arrived is the nature of the thing.
 */

#include <kunit/visibility.h>
#include <linux/cleanup.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/random.h>

#include "ntb_ep_dma_proto.h"

#define NTB_EP_DMA_POLL_RUN_MS	100
#define NTB_EP_DMA_POLL_PEER_MS	1000

/**
 * ntb_ep_dma_proto_init - an end that knows of no link
 * @p: zeroed
 * @io: way to the other end
 * @dev: for messages
 * @spads: number of scratchpads
 * @addr: DMA address of the own buffer
 * @size: bytes of that
 *
 * Context: Process context.
 * Return: 0, or -ENOSPC when there are too few scratchpads.
 */
int ntb_ep_dma_proto_init(struct ntb_ep_dma_proto *p, const struct ntb_ep_dma_io *io,
			  struct device *dev, int spads, u64 addr, u32 size)
{
	if (spads < (int)NTB_EP_DMA_MIN_SPADS)
		return -ENOSPC;

	p->io = io;
	p->dev = dev;
	mutex_init(&p->lock);
	init_waitqueue_head(&p->wq);
	p->num_slots = min((spads - NTB_EP_DMA_SLOTS) / NTB_EP_DMA_SLOT_SPADS,
			   NTB_EP_DMA_MAX_SLOTS);
	p->addr = addr;
	p->size = size;
	/* Whoever was here before may have used any, but hardly these */
	p->seq = get_random_u32();
	p->next_id = get_random_u32();

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ntb_ep_dma_proto_init);

/**
 * ntb_ep_dma_proto_link - the link is up, or down
 * @p: the own end
 * @up: which
 *
 * Context: Process context.
 */
void ntb_ep_dma_proto_link(struct ntb_ep_dma_proto *p, bool up)
{
	guard(mutex)(&p->lock);

	if (p->closing || up == p->link_up)
		return;

	p->link_up = up;
	ntb_ep_dma_lose_peer(p);
	if (up)
		ntb_ep_dma_announce(p);
}
EXPORT_SYMBOL_IF_KUNIT(ntb_ep_dma_proto_link);

/**
 * ntb_ep_dma_proto_look - see what the peer has announced and answered
 * @p: the own end
 *
 * Context: Process context.
 */
void ntb_ep_dma_proto_look(struct ntb_ep_dma_proto *p)
{
	guard(mutex)(&p->lock);

	if (p->closing || !p->link_up)
		return;

	ntb_ep_dma_look_peer(p);
	ntb_ep_dma_look_answers(p);
}
EXPORT_SYMBOL_IF_KUNIT(ntb_ep_dma_proto_look);

/**
 * ntb_ep_dma_proto_poll - doorbells may be lost
 * @p: the own end
 *
 * Rings once more for those who wait for an answer.
 *
 * Context: Process context.
 * Return: time in ms after which to look again without a doorbell, 0 for never.
 */
unsigned int ntb_ep_dma_proto_poll(struct ntb_ep_dma_proto *p)
{
	bool asked = false;
	int i;

	guard(mutex)(&p->lock);

	if (p->closing || !p->link_up)
		return 0;

	for (i = 0; i < p->num_slots; i++)
		asked |= p->slots[i].asked;
	if (asked)
		p->io->ring(p);

	if (p->active)
		return NTB_EP_DMA_POLL_RUN_MS;

	return p->peer.seq && p->seen == p->seq ? 0 : NTB_EP_DMA_POLL_PEER_MS;
}
EXPORT_SYMBOL_IF_KUNIT(ntb_ep_dma_proto_poll);

/**
 * ntb_ep_dma_proto_why_not - is there a peer?
 * @p: the own end
 *
 * Context: Process context.
 * Return: why data cannot be moved, or NULL.
 */
const char *ntb_ep_dma_proto_why_not(struct ntb_ep_dma_proto *p)
{
	guard(mutex)(&p->lock);

	if (!p->link_up)
		return "the link is down";
	if (!p->peer.seq)
		return "the peer has not announced a buffer";
	if (p->seen != p->seq)
		return "the peer has not answered";

	return NULL;
}
EXPORT_SYMBOL_IF_KUNIT(ntb_ep_dma_proto_why_not);

/**
 * ntb_ep_dma_proto_peer - what the peer has announced
 * @p: the own end
 *
 * Context: Process context.
 * Return: a copy.
 */
struct ntb_ep_dma_peer ntb_ep_dma_proto_peer(struct ntb_ep_dma_proto *p)
{
	guard(mutex)(&p->lock);

	return p->peer;
}
EXPORT_SYMBOL_IF_KUNIT(ntb_ep_dma_proto_peer);

/**
 * ntb_ep_dma_proto_peer_busy - may the peer still be moving data here?
 * @p: the own end, closed
 *
 * Context: Process context.
 * Return: true if it may, false if it has stopped, and does not start again.
 */
bool ntb_ep_dma_proto_peer_busy(struct ntb_ep_dma_proto *p)
{
	return !ntb_ep_dma_absent(p->io->read(p, NTB_EP_DMA_BUSY));
}
EXPORT_SYMBOL_IF_KUNIT(ntb_ep_dma_proto_peer_busy);

/**
 * ntb_ep_dma_proto_close - withdraw the announcement and end all runs
 * @p: the own end
 *
 * Context: Process context.
 */
void ntb_ep_dma_proto_close(struct ntb_ep_dma_proto *p)
{
	int i;

	guard(mutex)(&p->lock);

	p->closing = true;
	for (i = 0; i < p->num_slots; i++)
		if (p->slots[i].used)
			WRITE_ONCE(p->slots[i].err, -ESHUTDOWN);
	wake_up_all(&p->wq);

	p->io->write(p, NTB_EP_DMA_STATE, 0);
	p->io->write(p, NTB_EP_DMA_SEEN, 0);
	p->io->ring(p);
	/* Pairs with the one in ntb_ep_dma_proto_claim(): one of us sees the other */
	mb();
}
EXPORT_SYMBOL_IF_KUNIT(ntb_ep_dma_proto_close);
