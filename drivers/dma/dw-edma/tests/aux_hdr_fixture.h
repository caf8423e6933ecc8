/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _AUX_HDR_FIXTURE_H
#define _AUX_HDR_FIXTURE_H

#include <kunit/test.h>
#include <linux/sizes.h>

#include "../dw-edma-aux-hdr.h"

#define SLICE_OFFSET	0xf9000
#define SLICE_SIZE	0x6000
#define REG_OFFSET	(SLICE_OFFSET + 0x1000)
#define LIST_OFFSET	(SLICE_OFFSET + 0x2000)
#define LIST_ADDR	0x48000000ULL

/**
 * struct hdr_ctx - a DMA slice and what the host makes of it
 * @place: where it is
 * @hdr: its header, a good one to begin with
 * @len: bytes of @hdr that are there
 * @slice: what the host believes
 * @why: or why not
 */
struct hdr_ctx {
	struct dw_edma_aux_place place;
	struct pci_ep_dma_hdr *hdr;
	size_t len;
	struct dw_edma_aux_slice slice;
	struct dw_edma_aux_refusal why;
};

#define HDR(member)	offsetof(struct pci_ep_dma_hdr, member)

void hdr_fill(struct kunit *test, struct hdr_ctx *ctx, u32 n);
int hdr_init(struct kunit *test);
int hdr_parse(struct hdr_ctx *ctx);
void hdr_expect_harmless(struct kunit *test, struct hdr_ctx *ctx, int ret);

#endif /* _AUX_HDR_FIXTURE_H */
