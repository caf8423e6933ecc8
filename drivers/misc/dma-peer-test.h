/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _DMA_PEER_TEST_H
#define _DMA_PEER_TEST_H

#include <linux/completion.h>
#include <linux/dmaengine.h>
#include <linux/mutex.h>
#include <linux/types.h>

#define DMA_PEER_MAX_CHANS	16

/**
 * struct dma_peer_chan - one channel
 * @chan: the channel
 * @directions: bit mask of enum dma_transfer_direction that it offers
 * @done: completed by the callback of each transfer
 * @queued: transfers of this round
 * @failed: how many of these had a callback that was told of an error
 * @bytes: moved without an error since the channel was requested
 * @transfers: transfers without an error
 * @errors: transfers that ended with one, or never
 */
struct dma_peer_chan {
	struct dma_chan *chan;
	u32 directions;
	struct completion done;
	unsigned int queued;
	unsigned int failed;
	u64 bytes;
	u64 transfers;
	u64 errors;
};

/* Protects everything below */
extern struct mutex dma_peer_lock;
extern struct device *dma_peer_dev;
extern dma_addr_t dma_peer_addr;
extern unsigned int dma_peer_size;
extern struct dma_peer_chan dma_peer_chans[DMA_PEER_MAX_CHANS];
extern unsigned int dma_peer_num_chans;

int dma_peer_request_chans(unsigned int max);
void dma_peer_release_chans(void);
int dma_peer_round(enum dma_transfer_direction dir, u64 peer, u32 len, u32 off);

#endif /* _DMA_PEER_TEST_H */
