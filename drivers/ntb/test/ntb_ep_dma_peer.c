// SPDX-License-Identifier: GPL-2.0
/*
 * Announcements of buffers between the two ends of ntb_ep_dma
 *
 * A new one is made each time the link comes up. Its hash tells it from one that
 * is being written, and from what other drivers leave in scratchpads.
 */

#include <kunit/visibility.h>
#include <linux/array_size.h>
#include <linux/bitfield.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/overflow.h>
#include <linux/string.h>

#include "ntb_ep_dma_pattern.h"
#include "ntb_ep_dma_proto.h"

/* Both sides compute it; neither of the values that mean absence */
u32 ntb_ep_dma_hash(const u32 *words, unsigned int num)
{
	u32 hash = NTB_EP_DMA_MAGIC;

	while (num--)
		hash = ntb_ep_dma_mix(hash ^ *words++);

	return ntb_ep_dma_absent(hash) ? 1 : hash;
}
EXPORT_SYMBOL_IF_KUNIT(ntb_ep_dma_hash);

/* Never written, or read from a device that does not answer */
bool ntb_ep_dma_absent(u32 word)
{
	return word == 0 || word == U32_MAX;
}

/* Of what is refused all is ignored, and the last is remembered */
void ntb_ep_dma_refuse(struct ntb_ep_dma_proto *p, const char *field, u64 value,
		       u64 min, u64 max)
{
	lockdep_assert_held(&p->lock);

	p->refusal = (struct ntb_ep_dma_refusal) { field, value, min, max };
	dev_err_ratelimited(p->dev, "peer's %s: %#llx, allowed: %#llx - %#llx, ignored\n",
			    field, (unsigned long long)value, (unsigned long long)min,
			    (unsigned long long)max);
}

/* Nobody goes on with what the peer has announced before, with the lock held */
void ntb_ep_dma_lose_peer(struct ntb_ep_dma_proto *p)
{
	int i;

	lockdep_assert_held(&p->lock);

	p->peer = (struct ntb_ep_dma_peer) {};
	p->seen = 0;
	memset(p->served, 0, sizeof(p->served));
	memset(p->odd, 0, sizeof(p->odd));
	for (i = 0; i < p->num_slots; i++)
		if (p->slots[i].used && !p->slots[i].err)
			WRITE_ONCE(p->slots[i].err, -ECONNRESET);
	wake_up_all(&p->wq);
}

static u32 hash_announcement(u32 state, u32 seq, u64 addr, u32 size)
{
	u32 words[] = { state, seq, lower_32_bits(addr), upper_32_bits(addr), size };

	return ntb_ep_dma_hash(words, ARRAY_SIZE(words));
}

/* Once more, with the lock held: the peer may be another one */
void ntb_ep_dma_announce(struct ntb_ep_dma_proto *p)
{
	u32 state = FIELD_PREP(NTB_EP_DMA_STATE_MAGIC, NTB_EP_DMA_MAGIC) |
		    FIELD_PREP(NTB_EP_DMA_STATE_VER, NTB_EP_DMA_VERSION) |
		    FIELD_PREP(NTB_EP_DMA_STATE_SLOTS, p->num_slots);
	int i;

	lockdep_assert_held(&p->lock);

	do
		p->seq++;
	while (ntb_ep_dma_absent(p->seq));

	p->io->write(p, NTB_EP_DMA_STATE, 0);
	p->io->write(p, NTB_EP_DMA_SEEN, 0);
	p->io->write(p, NTB_EP_DMA_BUSY, !!p->active);
	for (i = 0; i < p->num_slots; i++) {
		ntb_ep_dma_slot_write(p, i, NTB_EP_DMA_REQ_CHECK, 0);
		ntb_ep_dma_slot_write(p, i, NTB_EP_DMA_REP_ECHO, 0);
	}

	p->io->write(p, NTB_EP_DMA_SEQ, p->seq);
	p->io->write(p, NTB_EP_DMA_ADDR_LO, lower_32_bits(p->addr));
	p->io->write(p, NTB_EP_DMA_ADDR_HI, upper_32_bits(p->addr));
	p->io->write(p, NTB_EP_DMA_SIZE, p->size);
	p->io->write(p, NTB_EP_DMA_CHECK, hash_announcement(state, p->seq, p->addr, p->size));

	/*
	 * Last: the peer uses what it finds when it finds this. Scratchpads are
	 * written in order, by the NTB driver and across the link.
	 */
	p->io->write(p, NTB_EP_DMA_STATE, state);
	p->io->ring(p);
}

static bool allowed(struct ntb_ep_dma_proto *p, const char *field, u64 value,
		    u64 min, u64 max)
{
	if (value >= min && value <= max)
		return true;

	ntb_ep_dma_refuse(p, field, value, min, max);
	return false;
}

/* What is announced now, or nothing */
static struct ntb_ep_dma_peer read_peer(struct ntb_ep_dma_proto *p)
{
	static const struct ntb_ep_dma_peer none;
	struct ntb_ep_dma_peer peer;
	u32 state, lo, check, expected;
	u64 last;

	/* First: what it announces was written before */
	state = p->io->read(p, NTB_EP_DMA_STATE);
	if (ntb_ep_dma_absent(state))
		return none;

	if (!allowed(p, "magic", FIELD_GET(NTB_EP_DMA_STATE_MAGIC, state),
		     NTB_EP_DMA_MAGIC, NTB_EP_DMA_MAGIC) ||
	    !allowed(p, "version", FIELD_GET(NTB_EP_DMA_STATE_VER, state),
		     NTB_EP_DMA_VERSION, NTB_EP_DMA_VERSION))
		return none;

	peer.slots = FIELD_GET(NTB_EP_DMA_STATE_SLOTS, state);
	peer.seq = p->io->read(p, NTB_EP_DMA_SEQ);
	lo = p->io->read(p, NTB_EP_DMA_ADDR_LO);
	peer.addr = (u64)p->io->read(p, NTB_EP_DMA_ADDR_HI) << 32 | lo;
	peer.size = p->io->read(p, NTB_EP_DMA_SIZE);
	check = p->io->read(p, NTB_EP_DMA_CHECK);

	/* It may be writing just now. Then it rings, and then it is right */
	expected = hash_announcement(state, peer.seq, peer.addr, peer.size);
	if (check != expected) {
		if (check == p->odd_peer)
			ntb_ep_dma_refuse(p, "check", check, expected, expected);
		p->odd_peer = check;
		return none;
	}

	if (!allowed(p, "slots", peer.slots, 1, FIELD_MAX(NTB_EP_DMA_STATE_SLOTS)) ||
	    !allowed(p, "seq", peer.seq, 1, U32_MAX - 1) ||
	    !allowed(p, "size", peer.size, 1, NTB_EP_DMA_MAX_BUF))
		return none;

	/* Where a DMA engine is told addresses of, those are physical addresses */
	if (check_add_overflow(peer.addr, peer.size - 1, &last) || last > PHYS_ADDR_MAX) {
		ntb_ep_dma_refuse(p, "addr", peer.addr, 0, PHYS_ADDR_MAX - (peer.size - 1));
		return none;
	}

	return peer;
}

static bool same_peer(const struct ntb_ep_dma_peer *a, const struct ntb_ep_dma_peer *b)
{
	return a->seq == b->seq && a->slots == b->slots && a->addr == b->addr &&
	       a->size == b->size;
}

/* Go by the peer's latest announcement, with the lock held */
void ntb_ep_dma_look_peer(struct ntb_ep_dma_proto *p)
{
	struct ntb_ep_dma_peer peer = read_peer(p);

	lockdep_assert_held(&p->lock);

	if (!same_peer(&peer, &p->peer)) {
		ntb_ep_dma_lose_peer(p);
		p->peer = peer;
		p->io->write(p, NTB_EP_DMA_SEEN, peer.seq);
		if (peer.seq)
			p->io->ring(p);
	}

	p->seen = p->io->read(p, NTB_EP_DMA_SEEN);
}
