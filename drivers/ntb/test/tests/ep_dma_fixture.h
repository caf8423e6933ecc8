/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _EP_DMA_FIXTURE_H
#define _EP_DMA_FIXTURE_H

#include <kunit/test.h>

#include "../ntb_ep_dma_proto.h"

#define SPADS		128
#define BUF_SIZE	SZ_16K

/**
 * struct ep_dma_end - one end of a link that is two arrays
 * @proto: what is tested
 * @peer: the other end
 * @spads: own scratchpads, exactly as many as there are
 * @rings: times that the other end has rung
 * @writes: to the other end since the last ep_dma_forget()
 * @order: their places, as far as there is room
 * @dead: reads return all ones
 */
struct ep_dma_end {
	struct ntb_ep_dma_proto proto;
	struct ep_dma_end *peer;
	u32 *spads;
	unsigned int rings;
	unsigned int writes;
	unsigned int order[64];
	bool dead;
};

/**
 * struct ep_dma_ctx - two ends
 * @a: the one that is looked at, mostly
 * @b: its peer
 */
struct ep_dma_ctx {
	struct ep_dma_end *a;
	struct ep_dma_end *b;
};

extern const struct ntb_ep_dma_io ep_dma_io;

int ep_dma_init(struct kunit *test);
struct ep_dma_end *ep_dma_end(struct kunit *test, struct device *dev, int spads);
void ep_dma_restart(struct kunit *test, struct ep_dma_end *end);
void ep_dma_connect(struct kunit *test);
bool ep_dma_ready(struct ep_dma_end *end);
void ep_dma_look(struct ep_dma_end *end);
void ep_dma_forget(struct ep_dma_end *end);
int ep_dma_written(struct ep_dma_end *end, unsigned int idx);
u32 *ep_dma_slot(struct ep_dma_end *end, u32 slot, enum ntb_ep_dma_slot_spad spad);
struct ntb_ep_dma_slot *ep_dma_claim(struct kunit *test, struct ep_dma_end *end, u32 off,
				     u32 len);

#endif /* _EP_DMA_FIXTURE_H */
