// SPDX-License-Identifier: GPL-2.0
/*
 * A good extension of a control block, and what has to hold for any other
 *
 * The invariant: whatever the endpoint says, the layout that comes out lies
 * within the BARs that the host knows, the DMA slice is nobody else's, and a
 * refusal says which field it is about. It is checked by ext_expect_harmless(),
 * on its own terms.
 */

#include <linux/string.h>

#include "ext_fixture.h"

int ext_init(struct kunit *test)
{
	struct ext_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	struct vntb_ctrl_ext *ext;

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	ext = kunit_kzalloc(test, sizeof(*ext), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ext);
	test->priv = ctx;

	/* As in an R-Car S4: window and slice in BAR 2; BARs 1 and 3 do not exist */
	ctx->bars.len[0] = SZ_4K;
	ctx->bars.len[2] = SZ_1M;
	ctx->bars.len[4] = SZ_256;
	ctx->bars.len[5] = SZ_1M;
	ctx->bars.mw[0] = 2;
	ctx->bars.mw_count = 1;
	ctx->bars.in_use = BIT(0) | BIT(4);

	ext->magic = cpu_to_le32(VNTB_CTRL_EXT_MAGIC);
	ext->revision = cpu_to_le32(VNTB_CTRL_EXT_REVISION);
	ext->length = cpu_to_le32(sizeof(*ext));
	ext->db_count = cpu_to_le32(16);
	ext->mw[0].size_lo = cpu_to_le32(MW_SIZE);
	ext->dma_abi = cpu_to_le32(VNTB_DMA_ABI_V1);
	ext->dma_bar = cpu_to_le32(2);
	ext->dma_offset = cpu_to_le32(DMA_OFFSET);
	ext->dma_size = cpu_to_le32(DMA_SIZE);
	ext->dma_num_chans = cpu_to_le32(4);

	ctx->ext = ext;
	ctx->version = VNTB_CTRL_VERSION_EXT;
	ctx->spad_offset = SPAD_OFFSET;
	ctx->len = sizeof(*ext);

	return 0;
}

int ext_parse(struct ext_ctx *ctx)
{
	/* Neither may depend on what was in there */
	memset(&ctx->layout, 0xa5, sizeof(ctx->layout));
	memset(&ctx->issue, 0xa5, sizeof(ctx->issue));

	return ntb_epf_ext_parse(ctx->version, ctx->spad_offset, ctx->ext, ctx->len,
				 &ctx->bars, &ctx->layout, &ctx->issue);
}

/* Nothing of the extension is used */
void ext_expect_legacy(struct kunit *test, struct ext_ctx *ctx)
{
	static const struct ntb_epf_layout legacy;

	KUNIT_EXPECT_MEMEQ(test, &ctx->layout, &legacy, sizeof(legacy));
}

static void ext_expect_mw_harmless(struct kunit *test, struct ext_ctx *ctx, int i)
{
	u64 offset = ctx->layout.mw[i].offset;
	u64 size = ctx->layout.mw[i].size;
	u64 len;

	if (i >= ctx->bars.mw_count) {
		KUNIT_EXPECT_EQ(test, 0, size);
		return;
	}

	len = ctx->bars.len[ctx->bars.mw[i]];
	KUNIT_EXPECT_EQ(test, 0, offset % SZ_4K);
	KUNIT_EXPECT_GT(test, size, 0);
	KUNIT_EXPECT_LE(test, size, len);
	KUNIT_EXPECT_LE(test, offset, len - size);
}

void ext_expect_harmless(struct kunit *test, struct ext_ctx *ctx, int ret)
{
	struct ntb_epf_layout *l = &ctx->layout;
	char buf[128];
	int i;

	KUNIT_EXPECT_TRUE(test, !ret || ret == -EINVAL);
	KUNIT_EXPECT_EQ(test, !!ret, !!ctx->issue.field);
	if (ret) {
		KUNIT_EXPECT_EQ(test, VNTB_DMA_ABI_NONE, l->dma_abi);
		KUNIT_EXPECT_GT(test, ntb_epf_issue_print(buf, sizeof(buf), &ctx->issue), 0);
		KUNIT_EXPECT_EQ(test, 0, strncmp(buf, ctx->issue.field,
						 strlen(ctx->issue.field)));
	}

	if (!l->extended) {
		ext_expect_legacy(test, ctx);
		return;
	}

	KUNIT_EXPECT_GE(test, l->db_count, 3);
	KUNIT_EXPECT_LE(test, l->db_count, 32);
	for (i = 0; i < VNTB_CTRL_MAX_MW; i++)
		ext_expect_mw_harmless(test, ctx, i);

	if (l->dma_abi == VNTB_DMA_ABI_NONE) {
		KUNIT_EXPECT_EQ(test, 0, l->dma_num_chans);
		return;
	}

	KUNIT_EXPECT_EQ(test, VNTB_DMA_ABI_V1, l->dma_abi);
	KUNIT_ASSERT_LT(test, l->dma_bar, PCI_STD_NUM_BARS);
	KUNIT_EXPECT_EQ(test, 0, ctx->bars.in_use & BIT(l->dma_bar));
	KUNIT_EXPECT_EQ(test, 0, l->dma_offset % SZ_4K);
	KUNIT_EXPECT_GE(test, l->dma_size, SZ_8K);
	KUNIT_EXPECT_LE(test, (u64)l->dma_offset + l->dma_size,
			ctx->bars.len[l->dma_bar]);
	KUNIT_EXPECT_GE(test, l->dma_num_chans, 1);
	KUNIT_EXPECT_LE(test, l->dma_num_chans, 8);
	for (i = 0; i < ctx->bars.mw_count; i++)
		if (ctx->bars.mw[i] == l->dma_bar)
			KUNIT_EXPECT_TRUE(test, l->dma_offset >= l->mw[i].offset + l->mw[i].size ||
					  l->mw[i].offset >= (u64)l->dma_offset + l->dma_size);
}
