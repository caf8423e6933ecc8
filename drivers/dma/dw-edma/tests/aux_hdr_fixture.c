// SPDX-License-Identifier: GPL-2.0
/*
 * A good header of a DMA slice, and what has to hold for any other
 *
 * The invariant: whatever the endpoint has written there, what comes out leads to
 * accesses within the BARs and to descriptor memory that is in the slice and has
 * one user, and a refusal says which field it is about. It is checked by
 * hdr_expect_harmless(), on its own terms.
 */

#include <linux/minmax.h>
#include <linux/string.h>

#include "aux_hdr_fixture.h"
#include "../dw-edma-core.h"

/* Header with @n READ channels, as in an R-Car S4 */
void hdr_fill(struct kunit *test, struct hdr_ctx *ctx, u32 n)
{
	struct pci_ep_dma_hdr *hdr;
	u32 i;

	ctx->len = offsetof(struct pci_ep_dma_hdr, chans[n]);
	hdr = kunit_kzalloc(test, ctx->len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, hdr);

	hdr->magic = cpu_to_le32(PCI_EP_DMA_MAGIC);
	hdr->version = cpu_to_le32(PCI_EP_DMA_VERSION);
	hdr->hdr_size = cpu_to_le32(sizeof(*hdr));
	hdr->total_size = cpu_to_le32(SLICE_SIZE);
	hdr->reg_format = cpu_to_le32(PCI_EP_DMA_REG_EDMA_UNROLL);
	hdr->reg_bar = cpu_to_le32(2);
	hdr->reg_offset = cpu_to_le32(REG_OFFSET);
	hdr->reg_size = cpu_to_le32(SZ_4K);
	hdr->num_irqs = cpu_to_le32(n);
	hdr->num_chans = cpu_to_le32(n);
	for (i = 0; i < n; i++) {
		hdr->chans[i].dir = cpu_to_le32(PCI_EP_DMA_DIR_READ);
		hdr->chans[i].hw_ch = cpu_to_le32(i);
		hdr->chans[i].desc_bar = cpu_to_le32(2);
		hdr->chans[i].desc_offset = cpu_to_le32(LIST_OFFSET + i * SZ_4K);
		hdr->chans[i].desc_size = cpu_to_le32(SZ_4K);
		hdr->chans[i].desc_addr = cpu_to_le64(LIST_ADDR + i * SZ_4K);
	}

	ctx->hdr = hdr;
	ctx->place.num_chans = n;
}

int hdr_init(struct kunit *test)
{
	struct hdr_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	test->priv = ctx;
	ctx->place.bar = 2;
	ctx->place.offset = SLICE_OFFSET;
	ctx->place.size = SLICE_SIZE;
	ctx->place.bar_len[0] = SZ_4K;
	ctx->place.bar_len[2] = SZ_1M;
	ctx->place.bar_len[4] = SZ_8K;
	hdr_fill(test, ctx, 4);

	return 0;
}

int hdr_parse(struct hdr_ctx *ctx)
{
	/* Neither may depend on what was in there */
	memset(&ctx->slice, 0xa5, sizeof(ctx->slice));
	memset(&ctx->why, 0, sizeof(ctx->why));

	return dw_edma_aux_parse(ctx->hdr, ctx->len, &ctx->place, &ctx->slice, &ctx->why);
}

static bool disjoint(u64 a, u64 a_len, u64 b, u64 b_len)
{
	return a + (a_len - 1) < b || b + (b_len - 1) < a;
}

static void hdr_expect_regs_harmless(struct kunit *test, struct hdr_ctx *ctx)
{
	struct dw_edma_aux_slice *s = &ctx->slice;
	u64 end = (u64)s->reg_offset + s->reg_size;
	u32 n = max(s->count[0], s->count[1]);

	KUNIT_EXPECT_EQ(test, 0, s->reg_offset % SZ_4K);
	KUNIT_ASSERT_LT(test, s->reg_bar, PCI_STD_NUM_BARS);
	KUNIT_EXPECT_LE(test, end, ctx->place.bar_len[s->reg_bar]);
	KUNIT_EXPECT_GE(test, s->reg_size,
			(s->mf == EDMA_MF_HDMA_NATIVE ? 0 : 0x200) + n * 0x200);
	KUNIT_EXPECT_LE(test, s->reg_size, SZ_1M);
	KUNIT_EXPECT_TRUE(test, s->mf == EDMA_MF_EDMA_UNROLL ||
			  s->mf == EDMA_MF_HDMA_COMPAT || s->mf == EDMA_MF_HDMA_NATIVE);

	if (s->reg_bar == ctx->place.bar) {
		KUNIT_EXPECT_GE(test, s->reg_offset, ctx->place.offset + SZ_4K);
		KUNIT_EXPECT_LE(test, end, (u64)ctx->place.offset + ctx->place.size);
	}
}

void hdr_expect_harmless(struct kunit *test, struct hdr_ctx *ctx, int ret)
{
	struct dw_edma_aux_slice *s = &ctx->slice;
	struct dw_edma_aux_list *l, *all[16];
	u32 i, j, n = 0;
	char buf[128];

	if (ret) {
		KUNIT_EXPECT_EQ(test, -EINVAL, ret);
		KUNIT_ASSERT_NOT_NULL(test, ctx->why.field);
		dw_edma_aux_refusal_print(buf, sizeof(buf), &ctx->why);
		KUNIT_EXPECT_NOT_NULL(test, strstr(buf, ctx->why.field));
		return;
	}

	hdr_expect_regs_harmless(test, ctx);
	KUNIT_EXPECT_GE(test, s->num_irqs, 1);
	KUNIT_EXPECT_LE(test, s->num_irqs, 8);
	KUNIT_EXPECT_EQ(test, ctx->place.num_chans, s->count[0] + s->count[1]);

	for (i = 0; i < 2; i++)
		for (j = 0; j < s->count[i]; j++) {
			KUNIT_ASSERT_LT(test, n, ARRAY_SIZE(all));
			all[n++] = &s->list[i][j];
		}

	for (i = 0; i < n; i++) {
		l = all[i];
		KUNIT_EXPECT_EQ(test, 0, l->offset % SZ_4K);
		KUNIT_EXPECT_GE(test, l->offset, SZ_4K);
		KUNIT_EXPECT_LE(test, (u64)l->offset + l->size, ctx->place.size);
		KUNIT_EXPECT_GE(test, l->size, 2 * EDMA_LL_SZ);
		KUNIT_EXPECT_EQ(test, 0, l->addr % SZ_4K);
		KUNIT_EXPECT_GE(test, l->addr + (l->size - 1), l->addr);
		if (s->reg_bar == ctx->place.bar)
			KUNIT_EXPECT_TRUE(test, disjoint(ctx->place.offset + l->offset, l->size,
							 s->reg_offset, s->reg_size));
		for (j = 0; j < i; j++) {
			KUNIT_EXPECT_TRUE(test, disjoint(l->offset, l->size,
							 all[j]->offset, all[j]->size));
			KUNIT_EXPECT_TRUE(test, disjoint(l->addr, l->size,
							 all[j]->addr, all[j]->size));
		}
	}
}
