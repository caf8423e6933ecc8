// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the rules for the extension of an endpoint's control block
 *
 * Each rule is broken once. Blocks are in buffers of their exact size, so that
 * KASAN sees what is read beyond.
 */

#include <linux/device.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "ext_fixture.h"

static void good_test(struct kunit *test)
{
	struct ext_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, 0, ext_parse(ctx));
	ext_expect_harmless(test, ctx, 0);
	KUNIT_EXPECT_TRUE(test, ctx->layout.extended);
	KUNIT_EXPECT_EQ(test, 16, ctx->layout.db_count);
	KUNIT_EXPECT_EQ(test, 0, ctx->layout.mw[0].offset);
	KUNIT_EXPECT_EQ(test, MW_SIZE, ctx->layout.mw[0].size);
	KUNIT_EXPECT_EQ(test, VNTB_DMA_ABI_V1, ctx->layout.dma_abi);
	KUNIT_EXPECT_EQ(test, 2, ctx->layout.dma_bar);
	KUNIT_EXPECT_EQ(test, DMA_OFFSET, ctx->layout.dma_offset);
	KUNIT_EXPECT_EQ(test, DMA_SIZE, ctx->layout.dma_size);
	KUNIT_EXPECT_EQ(test, 4, ctx->layout.dma_num_chans);
}

/* A window of more than 4 GiB, and one right behind the slice */
static void placement_test(struct kunit *test)
{
	struct ext_ctx *ctx = test->priv;

	ctx->bars.mw_count = 2;
	ctx->bars.mw[1] = 5;
	ctx->bars.len[5] = 2ULL * SZ_4G;
	ctx->ext->mw[1].size_lo = cpu_to_le32(0x1000);
	ctx->ext->mw[1].size_hi = cpu_to_le32(1);
	ctx->ext->mw[0].offset = cpu_to_le32(DMA_SIZE);
	ctx->ext->mw[0].size_lo = cpu_to_le32(SZ_64K);
	ctx->ext->dma_offset = 0;

	KUNIT_EXPECT_EQ(test, 0, ext_parse(ctx));
	ext_expect_harmless(test, ctx, 0);
	KUNIT_EXPECT_EQ(test, DMA_SIZE, ctx->layout.mw[0].offset);
	KUNIT_EXPECT_EQ(test, SZ_64K, ctx->layout.mw[0].size);
	KUNIT_EXPECT_EQ(test, SZ_4G + 0x1000, ctx->layout.mw[1].size);
	KUNIT_EXPECT_EQ(test, 0, ctx->layout.dma_offset);
}

/* An endpoint of old: nothing is wrong, and nothing is looked at */
static void legacy_test(struct kunit *test)
{
	struct ext_ctx *ctx = test->priv;

	ctx->version = VNTB_CTRL_VERSION_LEGACY;
	ctx->ext = NULL;
	ctx->len = 0;
	KUNIT_EXPECT_EQ(test, 0, ext_parse(ctx));
	KUNIT_EXPECT_NULL(test, ctx->issue.field);
	ext_expect_legacy(test, ctx);
}

/* Windows are placed, no channels are lent: nothing is wrong */
static void no_dma_test(struct kunit *test)
{
	struct ext_ctx *ctx = test->priv;

	memset_startat(ctx->ext, 0, dma_abi);
	KUNIT_EXPECT_EQ(test, 0, ext_parse(ctx));
	ext_expect_harmless(test, ctx, 0);
	KUNIT_EXPECT_TRUE(test, ctx->layout.extended);
	KUNIT_EXPECT_EQ(test, VNTB_DMA_ABI_NONE, ctx->layout.dma_abi);
}

/* A revision of the future may be longer and use what is reserved today */
static void later_revision_test(struct kunit *test)
{
	struct ext_ctx *ctx = test->priv;

	ctx->ext->revision = cpu_to_le32(VNTB_CTRL_EXT_REVISION + 1);
	ctx->ext->length = cpu_to_le32(VNTB_CTRL_EXT_MAX_LENGTH);
	ctx->ext->reserved[0] = cpu_to_le32(1);
	ctx->spad_offset = VNTB_CTRL_EXT_OFFSET + VNTB_CTRL_EXT_MAX_LENGTH;
	KUNIT_EXPECT_EQ(test, 0, ext_parse(ctx));
	KUNIT_EXPECT_EQ(test, VNTB_DMA_ABI_V1, ctx->layout.dma_abi);

	ctx->ext->length = cpu_to_le32(VNTB_CTRL_EXT_MAX_LENGTH + 1);
	ctx->spad_offset += 4;
	KUNIT_EXPECT_EQ(test, -EINVAL, ext_parse(ctx));
	KUNIT_EXPECT_STREQ(test, "length", ctx->issue.field);
	ext_expect_legacy(test, ctx);
}

/* Shorter than the extension, by every length: nothing beyond @len is read */
static void short_test(struct kunit *test)
{
	struct ext_ctx *ctx = test->priv;
	void *whole = ctx->ext;
	size_t len;

	for (len = 0; len < sizeof(*ctx->ext); len++) {
		ctx->ext = kmemdup(whole, len, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, ctx->ext);
		ctx->len = len;
		KUNIT_EXPECT_EQ(test, -EINVAL, ext_parse(ctx));
		KUNIT_EXPECT_STREQ(test, "control BAR", ctx->issue.field);
		ext_expect_legacy(test, ctx);
		kfree(ctx->ext);
	}
}

/**
 * struct ext_case - one rule, broken
 * @name: what is wrong
 * @field: what the refusal has to name
 * @offset: of the word that is changed
 * @value: to this
 * @extended: only the DMA slice is refused
 * @second: of another word that is changed, if not 0
 * @second_value: to this
 */
struct ext_case {
	const char *name;
	const char *field;
	size_t offset;
	u32 value;
	bool extended;
	size_t second;
	u32 second_value;
};

static const struct ext_case ext_cases[] = {
	{ "magic is zero", "magic", EXT(magic), 0 },
	{ "magic is all ones", "magic", EXT(magic), ~0 },
	{ "revision 0", "revision", EXT(revision), 0 },
	{ "length too short", "length", EXT(length), 0x7c },
	{ "length too long for the revision", "length", EXT(length), 0x84 },
	{ "length reaches the scratchpads", "spad_offset", EXT(length), 0x84, false,
	  EXT(revision), 2 },
	{ "db_count too small", "db_count", EXT(db_count), 2 },
	{ "db_count too large", "db_count", EXT(db_count), 33 },
	{ "window unaligned", "mw offset", EXT(mw[0].offset), 0x800 },
	{ "window behind the BAR", "mw offset", EXT(mw[0].offset), SZ_1M },
	{ "window empty", "mw size", EXT(mw[0].size_lo), 0 },
	{ "window longer than the BAR", "mw size", EXT(mw[0].size_lo), SZ_1M + 1 },
	{ "window ends behind the BAR", "mw size", EXT(mw[0].offset), 0x8000 },
	{ "window of 64 bits", "mw size", EXT(mw[0].size_hi), 1 },
	{ "window size wraps", "mw size", EXT(mw[0].size_hi), ~0 },
	{ "window reserved", "mw reserved", EXT(mw[0].reserved), 1 },
	{ "window that does not count, reserved", "mw reserved", EXT(mw[3].reserved), 1 },
	{ "reserved", "reserved", EXT(reserved[0]), 1 },
	{ "last reserved", "reserved", EXT(reserved[6]), 1 },
	{ "unknown ABI", "dma_abi", EXT(dma_abi), 2, true },
	{ "BAR 6", "dma_bar", EXT(dma_bar), 6, true },
	{ "BAR -1", "dma_bar", EXT(dma_bar), ~0, true },
	{ "BAR that is not there", "dma_bar", EXT(dma_bar), 3, true },
	{ "BAR of the control block", "dma_bar", EXT(dma_bar), 0, true },
	{ "BAR of the doorbells", "dma_bar", EXT(dma_bar), 4, true },
	{ "slice unaligned", "dma_offset", EXT(dma_offset), DMA_OFFSET + 0x100, true },
	{ "slice behind the BAR", "dma_offset", EXT(dma_offset), SZ_1M, true },
	{ "slice far behind the BAR", "dma_offset", EXT(dma_offset), 0xfffff000, true },
	{ "slice in the window", "dma_offset", EXT(dma_offset), DMA_OFFSET - 0x1000, true },
	{ "slice before the window ends", "dma_offset", EXT(dma_offset), 0, true },
	{ "slice size odd", "dma_size", EXT(dma_size), DMA_SIZE - 4, true },
	{ "slice has room for a header only", "dma_size", EXT(dma_size), 0x1000, true },
	{ "slice empty", "dma_size", EXT(dma_size), 0, true },
	{ "slice ends behind the BAR", "dma_size", EXT(dma_size), DMA_SIZE + 0x1000, true },
	{ "slice wraps", "dma_size", EXT(dma_size), 0xfffff000, true },
	{ "no channels", "dma_num_chans", EXT(dma_num_chans), 0, true },
	{ "9 channels", "dma_num_chans", EXT(dma_num_chans), 9, true },
	{ "255 channels", "dma_num_chans", EXT(dma_num_chans), 255, true },
};

KUNIT_ARRAY_PARAM_DESC(ext, ext_cases, name);

static void rule_test(struct kunit *test)
{
	const struct ext_case *c = test->param_value;
	struct ext_ctx *ctx = test->priv;
	__le32 *words = (__le32 *)ctx->ext;
	int ret;

	words[c->offset / 4] = cpu_to_le32(c->value);
	if (c->second)
		words[c->second / 4] = cpu_to_le32(c->second_value);

	ret = ext_parse(ctx);
	KUNIT_EXPECT_EQ(test, -EINVAL, ret);
	KUNIT_EXPECT_STREQ(test, c->field, ctx->issue.field);
	KUNIT_EXPECT_EQ(test, c->extended, ctx->layout.extended);
	ext_expect_harmless(test, ctx, ret);
}

/* What is not in the extension itself */
static void outside_test(struct kunit *test)
{
	struct ext_ctx *ctx = test->priv;

	ctx->spad_offset = SPAD_OFFSET - 1;
	KUNIT_EXPECT_EQ(test, -EINVAL, ext_parse(ctx));
	KUNIT_EXPECT_STREQ(test, "spad_offset", ctx->issue.field);
	ext_expect_legacy(test, ctx);
	ctx->spad_offset = SPAD_OFFSET;

	ctx->bars.len[2] = 0;
	KUNIT_EXPECT_EQ(test, -EINVAL, ext_parse(ctx));
	KUNIT_EXPECT_STREQ(test, "mw offset", ctx->issue.field);
	ext_expect_legacy(test, ctx);
	ctx->bars.len[2] = SZ_1M;

	ctx->version = VNTB_CTRL_VERSION_EXT + 1;
	KUNIT_EXPECT_EQ(test, -EINVAL, ext_parse(ctx));
	KUNIT_EXPECT_STREQ(test, "version", ctx->issue.field);
	ext_expect_legacy(test, ctx);

	ctx->version = ~0;
	KUNIT_EXPECT_EQ(test, -EINVAL, ext_parse(ctx));
	ext_expect_legacy(test, ctx);
}

/* What is read from the BAR, and that nothing behind it is */
static void read_test(struct kunit *test)
{
	struct ext_ctx *ctx = test->priv;
	size_t lens[] = { 0x30, VNTB_CTRL_EXT_OFFSET + sizeof(*ctx->ext) - 1,
			  VNTB_CTRL_EXT_OFFSET + sizeof(*ctx->ext) };
	struct device dev = { .init_name = "ntb" };
	size_t n;
	u8 *ctrl;
	int i;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		ctrl = kunit_kzalloc(test, lens[i], GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, ctrl);
		ntb_epf_ext_read(&dev, (void __iomem __force *)ctrl, lens[i], SPAD_OFFSET,
				 &ctx->bars, &ctx->layout, &ctx->issue);
		ext_expect_legacy(test, ctx);
		KUNIT_EXPECT_NULL(test, ctx->issue.field);

		*(__le32 *)(ctrl + VNTB_CTRL_VERSION) = cpu_to_le32(VNTB_CTRL_VERSION_EXT);
		n = lens[i] > VNTB_CTRL_EXT_OFFSET ? lens[i] - VNTB_CTRL_EXT_OFFSET : 0;
		memcpy(ctrl + VNTB_CTRL_EXT_OFFSET, ctx->ext, n);
		ntb_epf_ext_read(&dev, (void __iomem __force *)ctrl, lens[i], SPAD_OFFSET,
				 &ctx->bars, &ctx->layout, &ctx->issue);
		if (i == ARRAY_SIZE(lens) - 1) {
			KUNIT_EXPECT_EQ(test, VNTB_DMA_ABI_V1, ctx->layout.dma_abi);
			KUNIT_EXPECT_NULL(test, ctx->issue.field);
		} else {
			ext_expect_legacy(test, ctx);
			KUNIT_EXPECT_STREQ(test, "control BAR", ctx->issue.field);
		}
	}
}

static void slots_test(struct kunit *test)
{
	struct ntb_epf_layout layout = {};

	KUNIT_EXPECT_EQ(test, 32, ntb_epf_ext_slots(&layout, 4, 32));
	layout.extended = true;
	layout.db_count = 16;
	KUNIT_EXPECT_EQ(test, 16, ntb_epf_ext_slots(&layout, 4, 32));
	layout.db_count = 3;
	KUNIT_EXPECT_EQ(test, 4, ntb_epf_ext_slots(&layout, 4, 32));
	layout.db_count = 32;
	KUNIT_EXPECT_EQ(test, 32, ntb_epf_ext_slots(&layout, 4, 32));
}

static struct kunit_case ext_test_cases[] = {
	KUNIT_CASE(good_test),
	KUNIT_CASE(placement_test),
	KUNIT_CASE(legacy_test),
	KUNIT_CASE(no_dma_test),
	KUNIT_CASE(later_revision_test),
	KUNIT_CASE(short_test),
	KUNIT_CASE_PARAM(rule_test, ext_gen_params),
	KUNIT_CASE(outside_test),
	KUNIT_CASE(read_test),
	KUNIT_CASE(slots_test),
	{}
};

static struct kunit_suite ext_test_suite = {
	.name = "ntb-epf-ext",
	.init = ext_init,
	.test_cases = ext_test_cases,
};

kunit_test_suite(ext_test_suite);

MODULE_DESCRIPTION("KUnit tests of the extension of an NTB endpoint's control block");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
MODULE_LICENSE("GPL");
