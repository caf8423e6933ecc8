/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NTB_EP_DMA_PATTERN_H
#define _NTB_EP_DMA_PATTERN_H

#include <linux/types.h>

/* Never part of a pattern: what no transfer has written cannot pass for data */
#define NTB_EP_DMA_POISON	0

u32 ntb_ep_dma_mix(u32 x);
void ntb_ep_dma_pattern_fill(void *buf, u32 len, u32 seed);
u32 ntb_ep_dma_pattern_check(const void *buf, u32 len, u32 seed);

#endif /* _NTB_EP_DMA_PATTERN_H */
