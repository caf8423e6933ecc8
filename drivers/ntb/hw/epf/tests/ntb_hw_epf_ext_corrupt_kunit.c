// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of corrupted extensions of an endpoint's control block
 *
 * What is not refused must be harmless, see ext_fixture.c.
 */

#include <linux/prandom.h>

#include "ext_fixture.h"

/* Words that may have other values than those of the good block, and which */
static bool ext_may_accept(size_t offset, u32 value)
{
	switch (offset) {
	case EXT(revision):
		return value >= 1;
	case EXT(db_count):
		return value >= 3 && value <= 32;
	case EXT(mw[0].size_lo):
		return value >= 1 && value <= DMA_OFFSET;
	case EXT(dma_abi):
		return value == 0;
	case EXT(dma_size):
		return value == 0x3000 || value == 0x5000 || value == 0x6000;
	case EXT(dma_num_chans):
		return value >= 1 && value <= 8;
	case EXT(mw[1].offset) ... EXT(dma_abi) - 1:
		/* Nobody looks there */
		return offset != EXT(mw[1].reserved) && offset != EXT(mw[2].reserved) &&
		       offset != EXT(mw[3].reserved);
	default:
		return false;
	}
}

/* Every word: 0, all ones, one more, one less, every bit flipped */
static void corrupt_each_test(struct kunit *test)
{
	struct ext_ctx *ctx = test->priv;
	__le32 *words = (__le32 *)ctx->ext;
	u32 good, bad;
	size_t w;
	int i, ret;

	for (w = 0; w < sizeof(*ctx->ext) / 4; w++) {
		good = le32_to_cpu(words[w]);
		for (i = 0; i < 36; i++) {
			bad = i < 32 ? good ^ BIT(i) : i == 32 ? 0 : i == 33 ? ~0 :
			      i == 34 ? good + 1 : good - 1;
			if (bad == good)
				continue;

			words[w] = cpu_to_le32(bad);
			ret = ext_parse(ctx);
			ext_expect_harmless(test, ctx, ret);
			KUNIT_EXPECT_EQ_MSG(test, !ret, ext_may_accept(w * 4, bad),
					    "word %#zx = %#x", w * 4, bad);
		}
		words[w] = cpu_to_le32(good);
	}

	KUNIT_EXPECT_EQ(test, 0, ext_parse(ctx));
}

/* Several fields at once, with values near those that matter */
static void corrupt_many_test(struct kunit *test)
{
	static const u32 values[] = {
		0, 1, 2, 3, 4, 8, 16, 32, 0x80, 0x1000, 0x2000, 0x7000, 0x7fff, 0xf8000,
		0xf9000, 0xff000, SZ_1M, SZ_1M - 1, 0x7fffffff, 0x80000000, 0xfffff000,
		0xffffffff,
	};
	struct ext_ctx *ctx = test->priv;
	struct vntb_ctrl_ext good = *ctx->ext;
	__le32 *words = (__le32 *)ctx->ext;
	struct rnd_state rnd;
	int i, j, accepted = 0;
	int ret;

	prandom_seed_state(&rnd, 5);
	for (i = 0; i < 20000; i++) {
		*ctx->ext = good;
		for (j = prandom_u32_state(&rnd) % 5; j >= 0; j--)
			/* Most of all where it does not end at once */
			words[3 + prandom_u32_state(&rnd) % 22] =
				cpu_to_le32(values[prandom_u32_state(&rnd) %
						   ARRAY_SIZE(values)]);
		ret = ext_parse(ctx);
		ext_expect_harmless(test, ctx, ret);
		accepted += !ret;
	}

	/* It is not all refused for some silly reason */
	KUNIT_EXPECT_GT(test, accepted, 100);
}

static struct kunit_case ext_corrupt_test_cases[] = {
	KUNIT_CASE(corrupt_each_test),
	KUNIT_CASE(corrupt_many_test),
	{}
};

static struct kunit_suite ext_corrupt_test_suite = {
	.name = "ntb-epf-ext-corrupt",
	.init = ext_init,
	.test_cases = ext_corrupt_test_cases,
};

kunit_test_suite(ext_corrupt_test_suite);
