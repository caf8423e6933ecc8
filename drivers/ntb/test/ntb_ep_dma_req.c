// SPDX-License-Identifier: GPL-2.0
/*
 * Runs of ntb_ep_dma, as far as the peer is concerned
 *
 * Who moves data needs a slot, from before the first transfer to after the last:
 * while any is in use the peer does not free its buffer. When the data is there
 * the peer is asked to verify it, by a request in the scratchpads of the slot.
 * An answer repeats the hash of the request, and thereby both announcements: what
 * belongs to a former life of either side fits nothing.
 */

#include <kunit/visibility.h>
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/overflow.h>

#include "ntb_ep_dma_pattern.h"
#include "ntb_ep_dma_proto.h"

static bool overlap(u32 a, u32 b, u32 a_len, u32 b_len)
{
	return a < (u64)b + b_len && b < (u64)a + a_len;
}

static int check_overlap(struct ntb_ep_dma_proto *p, u32 src_off, u32 dst_off, u32 len)
{
	const struct ntb_ep_dma_slot *s;
	bool src;
	int i;

	for (i = 0; i < p->num_slots; i++) {
		s = &p->slots[i];
		if (!s->used)
			continue;

		src = overlap(src_off, s->src_off, len, s->len);
		if (!src && !overlap(dst_off, s->dst_off, len, s->len))
			continue;

		dev_err_ratelimited(p->dev,
				    "run: %s: %u + %u bytes, in use by another run: %u + %u\n",
				    src ? "src_off" : "dst_off", src ? src_off : dst_off, len,
				    src ? s->src_off : s->dst_off, s->len);
		return -EBUSY;
	}

	return 0;
}

static struct ntb_ep_dma_slot *find_slot(struct ntb_ep_dma_proto *p, u32 src_off,
					 u32 dst_off, u32 len)
{
	u32 slots = min(p->num_slots, p->peer.slots);
	u32 end;
	int i, ret;

	if (!p->peer.seq || p->seen != p->seq)
		return ERR_PTR(-ENOTCONN);

	if (!len || check_add_overflow(src_off, len, &end) ||
	    check_add_overflow(dst_off, len, &end) || end > p->peer.size)
		return ERR_PTR(-EINVAL);

	ret = check_overlap(p, src_off, dst_off, len);
	if (ret)
		return ERR_PTR(ret);

	for (i = 0; i < slots; i++)
		if (!p->slots[i].used)
			return &p->slots[i];

	dev_err_ratelimited(p->dev, "run: %u runs in flight, allowed: 1 - %u\n", slots, slots);
	return ERR_PTR(-EBUSY);
}

/**
 * ntb_ep_dma_proto_claim - begin a run
 * @p: the own end
 * @src_off: range that is going to be used in the own source buffer
 * @dst_off: range that is going to be used in the peer's buffer
 * @len: bytes of both
 *
 * The address of the peer's buffer is in the slot, and good until the slot is
 * released.
 *
 * Context: Process context.
 * Return: a slot, or an ERR_PTR(): -ESHUTDOWN when the device goes, -ENOTCONN
 * when there is no peer, -EINVAL when the range is not in the peer's buffer,
 * -EBUSY when there is no slot or the range is in use.
 */
struct ntb_ep_dma_slot *ntb_ep_dma_proto_claim(struct ntb_ep_dma_proto *p, u32 src_off,
					       u32 dst_off, u32 len)
{
	struct ntb_ep_dma_slot *slot;

	guard(mutex)(&p->lock);

	if (p->closing)
		return ERR_PTR(-ESHUTDOWN);
	if (!p->link_up)
		return ERR_PTR(-ENOTCONN);

	/*
	 * Before another look: either we see that the peer has withdrawn its
	 * announcement, or it sees this, and keeps its buffer.
	 */
	if (!p->active) {
		p->io->write(p, NTB_EP_DMA_BUSY, 1);
		mb(); /* Pairs with the one in ntb_ep_dma_proto_close() */
	}

	ntb_ep_dma_look_peer(p);
	slot = find_slot(p, src_off, dst_off, len);
	if (IS_ERR(slot)) {
		if (!p->active)
			p->io->write(p, NTB_EP_DMA_BUSY, 0);
		return slot;
	}

	*slot = (struct ntb_ep_dma_slot) {
		.used = true,
		.peer = p->peer,
		.src_off = src_off,
		.dst_off = dst_off,
		.len = len,
	};
	p->active++;

	return slot;
}
EXPORT_SYMBOL_IF_KUNIT(ntb_ep_dma_proto_claim);

/**
 * ntb_ep_dma_proto_release - end a run
 * @p: the own end
 * @slot: from ntb_ep_dma_proto_claim(), no transfer of it is left
 *
 * Context: Process context.
 */
void ntb_ep_dma_proto_release(struct ntb_ep_dma_proto *p, struct ntb_ep_dma_slot *slot)
{
	guard(mutex)(&p->lock);

	if (slot->asked)
		ntb_ep_dma_slot_write(p, slot - p->slots, NTB_EP_DMA_REQ_CHECK, 0);
	*slot = (struct ntb_ep_dma_slot) {};

	if (!--p->active)
		p->io->write(p, NTB_EP_DMA_BUSY, 0);
	wake_up_all(&p->wq);
}
EXPORT_SYMBOL_IF_KUNIT(ntb_ep_dma_proto_release);

/**
 * ntb_ep_dma_proto_seed - a seed that was not used before
 * @p: the own end
 * @seed: what somebody wishes
 *
 * What another run has left in the peer's buffer must not pass.
 *
 * Context: Process context.
 * Return: the seed.
 */
u32 ntb_ep_dma_proto_seed(struct ntb_ep_dma_proto *p, u32 seed)
{
	guard(mutex)(&p->lock);

	return ntb_ep_dma_mix(seed ^ ntb_ep_dma_mix(p->next_id++));
}
EXPORT_SYMBOL_IF_KUNIT(ntb_ep_dma_proto_seed);

/**
 * ntb_ep_dma_proto_ask - have the peer verify the data of a run
 * @p: the own end
 * @slot: of the run; its data is in the peer's buffer
 * @seed: of the data
 *
 * Context: Process context.
 * Return: 0, -ESHUTDOWN when the device goes, -ECONNRESET when link or peer
 * have gone.
 */
int ntb_ep_dma_proto_ask(struct ntb_ep_dma_proto *p, struct ntb_ep_dma_slot *slot, u32 seed)
{
	u32 nr = slot - p->slots;
	u32 id;

	guard(mutex)(&p->lock);

	if (slot->err)
		return slot->err;

	id = p->next_id++;
	slot->check = ntb_ep_dma_hash_req(p->seq, slot->peer.seq, nr, id, slot->dst_off,
					  slot->len, seed);
	WRITE_ONCE(slot->done, false);
	slot->asked = true;

	ntb_ep_dma_slot_write(p, nr, NTB_EP_DMA_REQ_ID, id);
	ntb_ep_dma_slot_write(p, nr, NTB_EP_DMA_REQ_OFFSET, slot->dst_off);
	ntb_ep_dma_slot_write(p, nr, NTB_EP_DMA_REQ_LEN, slot->len);
	ntb_ep_dma_slot_write(p, nr, NTB_EP_DMA_REQ_SEED, seed);
	ntb_ep_dma_slot_write(p, nr, NTB_EP_DMA_REQ_CHECK, slot->check);
	p->io->ring(p);

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ntb_ep_dma_proto_ask);

static void look_answer(struct ntb_ep_dma_proto *p, u32 nr)
{
	struct ntb_ep_dma_slot *slot = &p->slots[nr];
	u32 status, bad;

	/* First, and everything else is none of ours */
	if (ntb_ep_dma_slot_read(p, nr, NTB_EP_DMA_REP_ECHO) != slot->check)
		return;

	status = ntb_ep_dma_slot_read(p, nr, NTB_EP_DMA_REP_STATUS);
	bad = ntb_ep_dma_slot_read(p, nr, NTB_EP_DMA_REP_BAD);
	if (status != NTB_EP_DMA_PASS && status != NTB_EP_DMA_FAIL) {
		ntb_ep_dma_refuse(p, "status", status, NTB_EP_DMA_PASS, NTB_EP_DMA_FAIL);
		return;
	}
	if (status == NTB_EP_DMA_FAIL && bad >= slot->len) {
		ntb_ep_dma_refuse(p, "bad offset", bad, 0, slot->len - 1);
		return;
	}

	slot->result = status == NTB_EP_DMA_PASS ? 0 : -EILSEQ;
	slot->bad = status == NTB_EP_DMA_PASS ? 0 : bad;
	slot->asked = false;
	WRITE_ONCE(slot->done, true);
	ntb_ep_dma_slot_write(p, nr, NTB_EP_DMA_REQ_CHECK, 0);
	wake_up_all(&p->wq);
}

/* What the peer has found out, with the lock held */
void ntb_ep_dma_look_answers(struct ntb_ep_dma_proto *p)
{
	int i;

	lockdep_assert_held(&p->lock);

	for (i = 0; i < p->num_slots; i++)
		if (p->slots[i].asked && !p->slots[i].err)
			look_answer(p, i);
}

/**
 * ntb_ep_dma_proto_wait - until the peer has answered
 * @p: the own end
 * @slot: of the run
 * @timeout: in jiffies
 *
 * Who is killed waits for up to a second more: the peer wipes what it has
 * verified, so that the range is not free before it has answered.
 *
 * Context: Process context.
 * Return: 0 when all data is right, -EILSEQ when it is not, -ETIMEDOUT, -EINTR
 * when killed, and what ntb_ep_dma_proto_ask() returns.
 */
int ntb_ep_dma_proto_wait(struct ntb_ep_dma_proto *p, struct ntb_ep_dma_slot *slot,
			  unsigned long timeout)
{
	long left;

	left = wait_event_killable_timeout(p->wq, READ_ONCE(slot->done) ||
					   READ_ONCE(slot->err), timeout);
	if (left < 0)
		wait_event_timeout(p->wq, READ_ONCE(slot->done) || READ_ONCE(slot->err),
				   min_t(unsigned long, timeout, HZ));

	guard(mutex)(&p->lock);

	if (slot->done)
		return slot->result;
	if (slot->err)
		return slot->err;

	return left < 0 ? -EINTR : -ETIMEDOUT;
}
EXPORT_SYMBOL_IF_KUNIT(ntb_ep_dma_proto_wait);
