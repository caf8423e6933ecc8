// SPDX-License-Identifier: GPL-2.0
/*
 * What ntb_ep_dma does for its peer: verify data when it is asked to
 */

#include <kunit/visibility.h>
#include <linux/cleanup.h>
#include <linux/overflow.h>

#include "ntb_ep_dma_proto.h"

static bool read_request(struct ntb_ep_dma_proto *p, struct ntb_ep_dma_req *req)
{
	u32 nr = req->slot;
	u32 id, expected, end;

	/* First: what it announces was written before */
	req->check = ntb_ep_dma_slot_read(p, nr, NTB_EP_DMA_REQ_CHECK);
	if (ntb_ep_dma_absent(req->check) || req->check == p->served[nr])
		return false;

	id = ntb_ep_dma_slot_read(p, nr, NTB_EP_DMA_REQ_ID);
	req->off = ntb_ep_dma_slot_read(p, nr, NTB_EP_DMA_REQ_OFFSET);
	req->len = ntb_ep_dma_slot_read(p, nr, NTB_EP_DMA_REQ_LEN);
	req->seed = ntb_ep_dma_slot_read(p, nr, NTB_EP_DMA_REQ_SEED);

	/* It may have given this one up just now. Then it is not there next time */
	expected = ntb_ep_dma_hash_req(p->peer.seq, p->seq, nr, id, req->off, req->len, req->seed);
	if (req->check != expected) {
		if (req->check == p->odd[nr])
			ntb_ep_dma_refuse(p, "request check", req->check, expected, expected);
		p->odd[nr] = req->check;
		return false;
	}

	p->served[nr] = req->check;

	if (!req->len || req->len > p->size) {
		ntb_ep_dma_refuse(p, "request length", req->len, 1, p->size);
		return false;
	}
	if (check_add_overflow(req->off, req->len, &end) || end > p->size) {
		ntb_ep_dma_refuse(p, "request offset", req->off, 0, p->size - req->len);
		return false;
	}

	return true;
}

/**
 * ntb_ep_dma_proto_next - does the peer want something verified?
 * @p: the own end
 * @req: what, as it was if there is nothing
 *
 * Each request is returned once.
 *
 * Context: Process context.
 * Return: true if it does.
 */
bool ntb_ep_dma_proto_next(struct ntb_ep_dma_proto *p, struct ntb_ep_dma_req *req)
{
	struct ntb_ep_dma_req found;

	guard(mutex)(&p->lock);

	if (p->closing || !p->link_up || !p->peer.seq)
		return false;

	for (found.slot = 0; found.slot < p->num_slots; found.slot++) {
		if (read_request(p, &found)) {
			*req = found;
			return true;
		}
	}

	return false;
}
EXPORT_SYMBOL_IF_KUNIT(ntb_ep_dma_proto_next);

/**
 * ntb_ep_dma_proto_answer - tell the peer what became of its data
 * @p: the own end
 * @req: from ntb_ep_dma_proto_next()
 * @bad: offset of the first bad byte, the length if there is none
 *
 * Context: Process context.
 */
void ntb_ep_dma_proto_answer(struct ntb_ep_dma_proto *p, const struct ntb_ep_dma_req *req,
			     u32 bad)
{
	guard(mutex)(&p->lock);

	/* Peer or link may have come back since, and do not know about it */
	if (p->closing || !p->link_up || p->served[req->slot] != req->check)
		return;

	ntb_ep_dma_slot_write(p, req->slot, NTB_EP_DMA_REP_STATUS,
			      bad < req->len ? NTB_EP_DMA_FAIL : NTB_EP_DMA_PASS);
	ntb_ep_dma_slot_write(p, req->slot, NTB_EP_DMA_REP_BAD, bad < req->len ? bad : 0);
	ntb_ep_dma_slot_write(p, req->slot, NTB_EP_DMA_REP_ECHO, req->check);
	p->io->ring(p);
}
EXPORT_SYMBOL_IF_KUNIT(ntb_ep_dma_proto_answer);
