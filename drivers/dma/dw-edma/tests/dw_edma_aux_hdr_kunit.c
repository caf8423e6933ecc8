// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the rules for the header of a DMA slice
 *
 * Each rule is broken once. Headers are in buffers of their exact size, so that
 * KASAN sees what is read beyond.
 */

#include <linux/slab.h>
#include <linux/string.h>

#include "aux_hdr_fixture.h"

static void good_test(struct kunit *test)
{
	struct hdr_ctx *ctx = test->priv;
	u32 i;

	KUNIT_EXPECT_EQ(test, 0, hdr_parse(ctx));
	hdr_expect_harmless(test, ctx, 0);
	KUNIT_EXPECT_EQ(test, EDMA_MF_EDMA_UNROLL, ctx->slice.mf);
	KUNIT_EXPECT_EQ(test, 2, ctx->slice.reg_bar);
	KUNIT_EXPECT_EQ(test, REG_OFFSET, ctx->slice.reg_offset);
	KUNIT_EXPECT_EQ(test, SZ_4K, ctx->slice.reg_size);
	KUNIT_EXPECT_EQ(test, 4, ctx->slice.num_irqs);
	KUNIT_EXPECT_EQ(test, 0, ctx->slice.count[EDMA_DIR_WRITE]);
	KUNIT_EXPECT_EQ(test, 4, ctx->slice.count[EDMA_DIR_READ]);
	for (i = 0; i < 4; i++) {
		struct dw_edma_aux_list *l = &ctx->slice.list[EDMA_DIR_READ][i];

		KUNIT_EXPECT_EQ(test, 0x2000 + i * SZ_4K, l->offset);
		KUNIT_EXPECT_EQ(test, SZ_4K, l->size);
		KUNIT_EXPECT_EQ(test, LIST_ADDR + i * SZ_4K, l->addr);
	}
}

/* Registers in a BAR of their own, both directions, in any order, 8 channels */
static void shapes_test(struct kunit *test)
{
	struct hdr_ctx *ctx = test->priv;
	u32 i;

	/* RK3588: fixed BAR 4, which has the doorbell, too */
	ctx->hdr->reg_bar = cpu_to_le32(4);
	ctx->hdr->reg_offset = 0;
	KUNIT_EXPECT_EQ(test, 0, hdr_parse(ctx));
	hdr_expect_harmless(test, ctx, 0);
	KUNIT_EXPECT_EQ(test, 4, ctx->slice.reg_bar);

	ctx->hdr->chans[0].hw_ch = cpu_to_le32(1);
	ctx->hdr->chans[1].hw_ch = cpu_to_le32(0);
	ctx->hdr->chans[3].hw_ch = cpu_to_le32(0);
	ctx->hdr->chans[3].dir = cpu_to_le32(PCI_EP_DMA_DIR_WRITE);
	KUNIT_EXPECT_EQ(test, 0, hdr_parse(ctx));
	hdr_expect_harmless(test, ctx, 0);
	KUNIT_EXPECT_EQ(test, 3, ctx->slice.count[EDMA_DIR_READ]);
	KUNIT_EXPECT_EQ(test, 1, ctx->slice.count[EDMA_DIR_WRITE]);
	KUNIT_EXPECT_EQ(test, 0x3000, ctx->slice.list[EDMA_DIR_READ][0].offset);
	KUNIT_EXPECT_EQ(test, 0x2000, ctx->slice.list[EDMA_DIR_READ][1].offset);
	KUNIT_EXPECT_EQ(test, 0x5000, ctx->slice.list[EDMA_DIR_WRITE][0].offset);

	hdr_fill(test, ctx, 8);
	ctx->place.offset = 0x80000;
	ctx->place.size = 0x10000;
	ctx->hdr->total_size = cpu_to_le32(0x10000);
	ctx->hdr->reg_format = cpu_to_le32(PCI_EP_DMA_REG_HDMA_NATIVE);
	ctx->hdr->reg_offset = cpu_to_le32(0x81000);
	for (i = 0; i < 8; i++)
		ctx->hdr->chans[i].desc_offset = cpu_to_le32(0x88000 + i * SZ_4K);
	KUNIT_EXPECT_EQ(test, 0, hdr_parse(ctx));
	hdr_expect_harmless(test, ctx, 0);

	/* 8 channels of the eDMA have registers beyond the first page */
	ctx->hdr->reg_format = cpu_to_le32(PCI_EP_DMA_REG_HDMA_COMPAT);
	KUNIT_EXPECT_EQ(test, -EINVAL, hdr_parse(ctx));
	KUNIT_EXPECT_STREQ(test, "reg_size", ctx->why.field);
	KUNIT_EXPECT_EQ(test, 0x1200, ctx->why.min);
	ctx->hdr->reg_size = cpu_to_le32(SZ_8K);
	KUNIT_EXPECT_EQ(test, 0, hdr_parse(ctx));
	hdr_expect_harmless(test, ctx, 0);

	/* The last list that there can be */
	ctx->hdr->chans[7].desc_addr = cpu_to_le64(-(u64)SZ_4K);
	KUNIT_EXPECT_EQ(test, 0, hdr_parse(ctx));
	hdr_expect_harmless(test, ctx, 0);
}

/* As little as there can be: a BAR that ends with the registers */
static void exact_test(struct kunit *test)
{
	struct hdr_ctx *ctx = test->priv;

	hdr_fill(test, ctx, 3);
	ctx->place.bar_len[0] = SZ_2K;
	ctx->hdr->reg_bar = 0;
	ctx->hdr->reg_offset = 0;
	ctx->hdr->reg_size = cpu_to_le32(SZ_2K);
	KUNIT_EXPECT_EQ(test, 0, hdr_parse(ctx));
	hdr_expect_harmless(test, ctx, 0);

	ctx->place.bar_len[0] = 0;
	KUNIT_EXPECT_EQ(test, -EINVAL, hdr_parse(ctx));
	KUNIT_EXPECT_STREQ(test, "not a memory BAR", ctx->why.rule);

	/* Registers are where lists are, but in another BAR */
	ctx->place.bar_len[0] = SZ_1M;
	ctx->hdr->reg_offset = cpu_to_le32(LIST_OFFSET);
	KUNIT_EXPECT_EQ(test, 0, hdr_parse(ctx));
	hdr_expect_harmless(test, ctx, 0);
}

/* A channel that cannot be is refused before anything is done with its number */
static void number_test(struct kunit *test)
{
	static const u32 numbers[] = { 4, 64, ~0 };
	struct hdr_ctx *ctx = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		ctx->hdr->chans[3].hw_ch = cpu_to_le32(numbers[i]);
		KUNIT_EXPECT_EQ(test, -EINVAL, hdr_parse(ctx));
		KUNIT_EXPECT_STREQ(test, "hw_ch", ctx->why.field);
		KUNIT_EXPECT_EQ(test, 3, ctx->why.max);
		KUNIT_EXPECT_NULL(test, ctx->why.rule);
	}
}

/* Lists that have one byte in common, the last of one of them */
static void touch_test(struct kunit *test)
{
	struct hdr_ctx *ctx = test->priv;
	int longer;

	for (longer = 0; longer < 2; longer++) {
		hdr_fill(test, ctx, 3);
		/* As long as this it has to be the last one in the slice */
		ctx->hdr->chans[longer].desc_offset = cpu_to_le32(LIST_OFFSET + 0x2000);
		ctx->hdr->chans[longer].desc_size = cpu_to_le32(0x1001);
		ctx->hdr->chans[2].desc_offset = cpu_to_le32(LIST_OFFSET + longer * SZ_4K);
		ctx->hdr->chans[2].desc_addr = cpu_to_le64(LIST_ADDR + SZ_1M);

		ctx->hdr->chans[longer].desc_addr = cpu_to_le64(LIST_ADDR);
		ctx->hdr->chans[!longer].desc_addr = cpu_to_le64(LIST_ADDR + 0x1000);
		KUNIT_EXPECT_EQ(test, -EINVAL, hdr_parse(ctx));
		KUNIT_EXPECT_STREQ(test, "desc_addr", ctx->why.field);

		ctx->hdr->chans[!longer].desc_addr = cpu_to_le64(LIST_ADDR + 0x2000);
		KUNIT_EXPECT_EQ(test, 0, hdr_parse(ctx));
		hdr_expect_harmless(test, ctx, 0);
	}
}

/* An endpoint that is not there, or has not written anything */
static void absent_test(struct kunit *test)
{
	struct hdr_ctx *ctx = test->priv;

	memset(ctx->hdr, 0, ctx->len);
	KUNIT_EXPECT_EQ(test, -EINVAL, hdr_parse(ctx));
	KUNIT_EXPECT_STREQ(test, "magic", ctx->why.field);

	memset(ctx->hdr, 0xff, ctx->len);
	KUNIT_EXPECT_EQ(test, -EINVAL, hdr_parse(ctx));
	KUNIT_EXPECT_STREQ(test, "magic", ctx->why.field);
}

/* Shorter than it has to be, by every length: nothing beyond @len is read */
static void short_test(struct kunit *test)
{
	struct hdr_ctx *ctx = test->priv;
	size_t whole_len = ctx->len;
	void *whole = ctx->hdr;

	for (ctx->len = 0; ctx->len < whole_len; ctx->len++) {
		ctx->hdr = kmemdup(whole, ctx->len, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, ctx->hdr);
		KUNIT_EXPECT_EQ(test, -EINVAL, hdr_parse(ctx));
		KUNIT_EXPECT_STREQ(test, "length", ctx->why.field);
		KUNIT_EXPECT_EQ(test, ctx->why.min, ctx->len < 0x40 ? 0x40 : whole_len);
		kfree(ctx->hdr);
	}
}

/* How much the driver reads, whatever the endpoint says */
static void len_test(struct kunit *test)
{
	struct hdr_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, 0xc0, dw_edma_aux_hdr_len(ctx->hdr));
	ctx->hdr->num_chans = 0;
	KUNIT_EXPECT_EQ(test, 0x40, dw_edma_aux_hdr_len(ctx->hdr));
	ctx->hdr->num_chans = cpu_to_le32(9);
	KUNIT_EXPECT_EQ(test, sizeof(*ctx->hdr), dw_edma_aux_hdr_len(ctx->hdr));
	ctx->hdr->num_chans = cpu_to_le32(~0);
	KUNIT_EXPECT_EQ(test, sizeof(*ctx->hdr), dw_edma_aux_hdr_len(ctx->hdr));
}

/**
 * struct hdr_case - one rule, broken
 * @name: what is wrong
 * @field: what the refusal has to name
 * @offset: of the word that is changed
 * @value: to this
 * @second: of another word that is changed, if not 0
 * @second_value: to this
 */
struct hdr_case {
	const char *name;
	const char *field;
	size_t offset;
	u32 value;
	size_t second;
	u32 second_value;
};

static const struct hdr_case hdr_cases[] = {
	{ "other magic", "magic", HDR(magic), 0x4d445046 },
	{ "version 0", "version", HDR(version), 0 },
	{ "version 2", "version", HDR(version), 2 },
	{ "header too short", "hdr_size", HDR(hdr_size), 0x13c },
	{ "header too long", "hdr_size", HDR(hdr_size), 0x1000 },
	{ "slice longer than announced", "total_size", HDR(total_size), SLICE_SIZE + 0x1000 },
	{ "slice shorter than announced", "total_size", HDR(total_size), SLICE_SIZE - 0x1000 },
	{ "legacy viewport", "reg_format", HDR(reg_format), 0 },
	{ "unknown format", "reg_format", HDR(reg_format), 4 },
	{ "register BAR 6", "reg_bar", HDR(reg_bar), 6 },
	{ "register BAR -1", "reg_bar", HDR(reg_bar), ~0 },
	{ "register BAR not there", "reg_bar", HDR(reg_bar), 3 },
	{ "register BAR too short", "reg_bar", HDR(reg_bar), 0 },
	{ "registers unaligned", "reg_offset", HDR(reg_offset), REG_OFFSET + 0x10 },
	{ "registers in the header", "reg_offset", HDR(reg_offset), SLICE_OFFSET },
	{ "registers before the slice", "reg_offset", HDR(reg_offset), 0 },
	{ "registers behind the slice", "reg_offset", HDR(reg_offset), SZ_1M },
	{ "registers far behind the BAR", "reg_offset", HDR(reg_offset), 0xfffff000 },
	{ "registers behind another BAR", "reg_offset", HDR(reg_bar), 4 },
	{ "last register not covered", "reg_size", HDR(reg_size), 0x9ff },
	{ "no registers", "reg_size", HDR(reg_size), 0 },
	{ "registers end behind the slice", "reg_size", HDR(reg_size), 0x5001 },
	{ "register window wraps", "reg_size", HDR(reg_size), ~0 },
	{ "registers reach the lists", "desc_offset", HDR(reg_size), 0x1001 },
	{ "no interrupts", "num_irqs", HDR(num_irqs), 0 },
	{ "9 interrupts", "num_irqs", HDR(num_irqs), 9 },
	{ "no channels", "num_chans", HDR(num_chans), 0 },
	{ "fewer channels than announced", "num_chans", HDR(num_chans), 3 },
	{ "more channels than announced", "num_chans", HDR(num_chans), 5 },
	{ "255 channels", "num_chans", HDR(num_chans), 255 },
	{ "reserved", "reserved", HDR(reserved[0]), 1 },
	{ "last reserved", "reserved", HDR(reserved[5]), 0x80000000 },
	{ "unknown direction", "dir", HDR(chans[0].dir), 2 },
	{ "direction -1", "dir", HDR(chans[3].dir), ~0 },
	{ "channel out of range", "hw_ch", HDR(chans[3].hw_ch), 4 },
	{ "channel -1", "hw_ch", HDR(chans[3].hw_ch), ~0 },
	{ "channel twice", "hw_ch", HDR(chans[3].hw_ch), 2 },
	{ "channel missing", "hw_ch", HDR(chans[0].dir), 0 },
	{ "channel reserved", "reserved", HDR(chans[2].reserved), 1 },
	{ "list in the register BAR", "desc_bar", HDR(chans[0].desc_bar), 4 },
	{ "list in BAR -1", "desc_bar", HDR(chans[0].desc_bar), ~0 },
	{ "list unaligned", "desc_offset", HDR(chans[1].desc_offset), LIST_OFFSET + 0x1008 },
	{ "list in the header", "desc_offset", HDR(chans[0].desc_offset), SLICE_OFFSET },
	{ "list before the slice", "desc_offset", HDR(chans[0].desc_offset), 0 },
	{ "list right behind the slice", "desc_offset", HDR(chans[0].desc_offset),
	  SLICE_OFFSET + SLICE_SIZE },
	{ "list behind the slice", "desc_offset", HDR(chans[0].desc_offset), SZ_1M },
	{ "list far behind the BAR", "desc_offset", HDR(chans[0].desc_offset), 0xfffff000 },
	{ "list in the registers", "desc_offset", HDR(chans[0].desc_offset), REG_OFFSET },
	{ "list is another's", "desc_offset", HDR(chans[1].desc_offset), LIST_OFFSET },
	{ "list too short", "desc_size", HDR(chans[0].desc_size), 47 },
	{ "list empty", "desc_size", HDR(chans[0].desc_size), 0 },
	{ "list reaches another's", "desc_offset", HDR(chans[0].desc_size), 0x1001 },
	{ "list ends behind the slice", "desc_size", HDR(chans[3].desc_size), 0x1001 },
	{ "list wraps", "desc_size", HDR(chans[3].desc_size), ~0 },
	{ "address unaligned", "desc_addr", HDR(chans[0].desc_addr), 0x48000004 },
	{ "address is another's", "desc_addr", HDR(chans[1].desc_addr), 0x48000000 },
	{ "address wraps", "desc_addr", HDR(chans[1].desc_addr), 0xfffff000,
	  HDR(chans[1].desc_addr) + 4, ~0 },
};

KUNIT_ARRAY_PARAM_DESC(hdr, hdr_cases, name);

static void rule_test(struct kunit *test)
{
	const struct hdr_case *c = test->param_value;
	struct hdr_ctx *ctx = test->priv;
	__le32 *words = (__le32 *)ctx->hdr;

	if (!strcmp(c->name, "register BAR too short"))
		ctx->place.bar_len[0] = SZ_2K;
	/* A list of one page at the top does not wrap, one of two would */
	if (!strcmp(c->name, "address wraps")) {
		ctx->hdr->chans[2].desc_offset = cpu_to_le32(LIST_OFFSET + 0x4000);
		ctx->hdr->chans[1].desc_size = cpu_to_le32(SZ_8K);
	}

	words[c->offset / 4] = cpu_to_le32(c->value);
	if (c->second)
		words[c->second / 4] = cpu_to_le32(c->second_value);

	KUNIT_EXPECT_EQ(test, -EINVAL, hdr_parse(ctx));
	KUNIT_EXPECT_STREQ(test, c->field, ctx->why.field);
	hdr_expect_harmless(test, ctx, -EINVAL);
}

/* What the host itself has announced is not believed either */
static void place_test(struct kunit *test)
{
	struct hdr_ctx *ctx = test->priv;

	ctx->place.num_chans = 9;
	ctx->hdr->num_chans = cpu_to_le32(9);
	KUNIT_EXPECT_EQ(test, -EINVAL, hdr_parse(ctx));
	KUNIT_EXPECT_STREQ(test, "num_chans", ctx->why.field);

	ctx->place.num_chans = 0;
	ctx->hdr->num_chans = 0;
	KUNIT_EXPECT_EQ(test, -EINVAL, hdr_parse(ctx));
	KUNIT_EXPECT_STREQ(test, "num_chans", ctx->why.field);

	/* Nothing fits into a slice that ends within the header page */
	hdr_fill(test, ctx, 4);
	ctx->place.offset = 0;
	ctx->place.size = 0x800;
	ctx->hdr->total_size = cpu_to_le32(0x800);
	ctx->hdr->reg_offset = cpu_to_le32(SZ_4K);
	KUNIT_EXPECT_EQ(test, -EINVAL, hdr_parse(ctx));
	KUNIT_EXPECT_STREQ(test, "total_size", ctx->why.field);

	/* ... or with it */
	ctx->place.size = SZ_4K;
	ctx->hdr->total_size = cpu_to_le32(SZ_4K);
	KUNIT_EXPECT_EQ(test, -EINVAL, hdr_parse(ctx));
	KUNIT_EXPECT_STREQ(test, "total_size", ctx->why.field);
}

static struct kunit_case hdr_test_cases[] = {
	KUNIT_CASE(good_test),
	KUNIT_CASE(shapes_test),
	KUNIT_CASE(exact_test),
	KUNIT_CASE(number_test),
	KUNIT_CASE(touch_test),
	KUNIT_CASE(absent_test),
	KUNIT_CASE(short_test),
	KUNIT_CASE(len_test),
	KUNIT_CASE_PARAM(rule_test, hdr_gen_params),
	KUNIT_CASE(place_test),
	{}
};

static struct kunit_suite hdr_test_suite = {
	.name = "dw-edma-aux-hdr",
	.init = hdr_init,
	.test_cases = hdr_test_cases,
};

kunit_test_suite(hdr_test_suite);

MODULE_DESCRIPTION("KUnit tests of the driver for eDMA channels lent by a PCI endpoint");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
MODULE_LICENSE("GPL");
