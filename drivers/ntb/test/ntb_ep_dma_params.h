/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NTB_EP_DMA_PARAMS_H
#define _NTB_EP_DMA_PARAMS_H

#include <linux/types.h>

#define NTB_EP_DMA_MAX_CHANS	16
#define NTB_EP_DMA_MAX_COUNT	4096
#define NTB_EP_DMA_MAX_ROUNDS	1000000

/**
 * struct ntb_ep_dma_params - what somebody wants to have moved
 * @len: bytes of a transfer
 * @seed: makes the data differ
 * @src_off: where the first transfer begins in the own source buffer
 * @dst_off: where it begins in the peer's buffer
 * @chans: channels that work at the same time
 * @count: transfers of a round, one after the other in the buffers
 * @rounds: how often
 */
struct ntb_ep_dma_params {
	u32 len;
	u32 seed;
	u32 src_off;
	u32 dst_off;
	u32 chans;
	u32 count;
	u32 rounds;
};

/**
 * struct ntb_ep_dma_issue - what is wrong with it
 * @field: name of the parameter, or of what is computed from several
 * @rule: what is demanded of @word, NULL if it is a range
 * @word: as it was written, possibly cut
 * @value: it has, and is not within the range
 * @min: least that is allowed
 * @max: most that is allowed
 */
struct ntb_ep_dma_issue {
	const char *field;
	const char *rule;
	char word[32];
	u64 value;
	u64 min;
	u64 max;
};

int ntb_ep_dma_params_parse(const char *cmd, u32 buf_size,
			    struct ntb_ep_dma_params *params,
			    struct ntb_ep_dma_issue *issue);
int ntb_ep_dma_params_fit(const struct ntb_ep_dma_params *params, u32 peer_size,
			  struct ntb_ep_dma_issue *issue);
int ntb_ep_dma_issue_range(struct ntb_ep_dma_issue *issue, const char *field,
			   u64 value, u64 min, u64 max);
int ntb_ep_dma_issue_print(char *buf, size_t size,
			   const struct ntb_ep_dma_issue *issue);

/* Parsed parameters never overflow this */
static inline u32 ntb_ep_dma_params_total(const struct ntb_ep_dma_params *params)
{
	return params->len * params->count;
}

#endif /* _NTB_EP_DMA_PARAMS_H */
