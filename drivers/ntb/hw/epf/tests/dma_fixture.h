/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _DMA_FIXTURE_H
#define _DMA_FIXTURE_H

#include <kunit/test.h>

#include "../ntb_hw_epf_dma.h"

/**
 * struct dma_ctx - an NTB device with an endpoint that lends DMA channels
 * @dev: the NTB PCI device, more or less
 * @dma: what is tested
 * @layout: what the endpoint says, 4 channels to begin with
 * @issue: what is wrong with that, nothing to begin with
 * @peer_up: the endpoint says that the link is up
 */
struct dma_ctx {
	struct device *dev;
	struct ntb_epf_dma dma;
	struct ntb_epf_layout layout;
	struct ntb_epf_ctrl_issue issue;
	bool peer_up;
};

/**
 * struct dma_seen - what the auxiliary driver has seen; tests do not run in parallel
 * @dma: link that it looks at
 * @probe_ret: what its probe returns
 * @probes: number of times that it was called
 * @removes: number of times that it was unbound
 * @link_up_at_remove: the link was up at that time
 * @props: properties of the device, in the order of the documentation
 */
struct dma_seen {
	struct ntb_epf_dma *dma;
	int probe_ret;
	int probes;
	int removes;
	bool link_up_at_remove;
	u32 props[7];
};

extern struct dma_seen dma_seen;

int dma_init(struct kunit *test);
void dma_link_enable(struct dma_ctx *ctx);
struct dma_ctx *dma_up(struct kunit *test);
void dma_event(struct dma_ctx *ctx);
int dma_next_id(struct kunit *test);

#endif /* _DMA_FIXTURE_H */
