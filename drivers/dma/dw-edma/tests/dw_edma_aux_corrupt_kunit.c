// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of corrupted headers of a DMA slice
 *
 * What is not refused must be harmless, see aux_hdr_fixture.c.
 */

#include <linux/prandom.h>
#include <linux/string.h>

#include "aux_hdr_fixture.h"

/* Words that may have other values than those of the good header, and which */
static bool hdr_may_accept(size_t offset, u32 value)
{
	switch (offset) {
	case HDR(reg_format):
		return value >= 1 && value <= 3;
	case HDR(reg_size):
		return value >= 0xa00 && value <= 0x1000;
	case HDR(num_irqs):
		return value >= 1 && value <= 8;
	}

	if (offset < HDR(chans))
		return false;

	switch ((offset - HDR(chans)) % sizeof(struct pci_ep_dma_chan_abi)) {
	case offsetof(struct pci_ep_dma_chan_abi, desc_size):
		return value >= 48 && value <= 0x1000;
	case offsetof(struct pci_ep_dma_chan_abi, desc_addr):
		/* Anywhere but where the other lists are */
		return !(value % SZ_4K) && (value < LIST_ADDR || value > LIST_ADDR + 0x3fff);
	case offsetof(struct pci_ep_dma_chan_abi, desc_addr) + 4:
		return true;
	default:
		return false;
	}
}

/* Every word: 0, all ones, one more, one less, every bit flipped */
static void corrupt_each_test(struct kunit *test)
{
	struct hdr_ctx *ctx = test->priv;
	__le32 *words = (__le32 *)ctx->hdr;
	u32 good, bad;
	size_t w;
	int i, ret;

	for (w = 0; w < ctx->len / 4; w++) {
		good = le32_to_cpu(words[w]);
		for (i = 0; i < 36; i++) {
			bad = i < 32 ? good ^ BIT(i) : i == 32 ? 0 : i == 33 ? ~0 :
			      i == 34 ? good + 1 : good - 1;
			if (bad == good)
				continue;

			words[w] = cpu_to_le32(bad);
			ret = hdr_parse(ctx);
			hdr_expect_harmless(test, ctx, ret);
			KUNIT_EXPECT_EQ_MSG(test, !ret, hdr_may_accept(w * 4, bad),
					    "word %#zx = %#x", w * 4, bad);
		}
		words[w] = cpu_to_le32(good);
	}

	KUNIT_EXPECT_EQ(test, 0, hdr_parse(ctx));
}

/* Several fields at once, with values near those that matter */
static void corrupt_many_test(struct kunit *test)
{
	static const u32 values[] = {
		0, 1, 2, 3, 4, 8, 47, 48, 0x200, 0xa00, 0x1000, 0x1200, 0x2000, 0x7000,
		0xf9000, 0xfa000, 0xfb000, 0xfc000, 0xfd000, 0xfe000, 0xff000, SZ_1M,
		0x48000000, 0x48001000, 0x7fffffff, 0x80000000, 0xfffff000, 0xffffffff,
	};
	struct hdr_ctx *ctx = test->priv;
	__le32 *words = (__le32 *)ctx->hdr, *good;
	int i, j, ret, accepted = 0;
	struct rnd_state rnd;
	u32 w;

	good = kunit_kzalloc(test, ctx->len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, good);
	memcpy(good, words, ctx->len);

	prandom_seed_state(&rnd, 5);
	for (i = 0; i < 20000; i++) {
		memcpy(words, good, ctx->len);
		for (j = prandom_u32_state(&rnd) % 4; j >= 0; j--) {
			/* Most of all where it does not end at once */
			w = prandom_u32_state(&rnd) % (ctx->len / 4 - 11);
			w = w < 5 ? 4 + w : 11 + w;
			words[w] = cpu_to_le32(values[prandom_u32_state(&rnd) %
						      ARRAY_SIZE(values)]);
		}
		ret = hdr_parse(ctx);
		hdr_expect_harmless(test, ctx, ret);
		accepted += !ret;
	}

	/* It is not all refused for some silly reason */
	KUNIT_EXPECT_GT(test, accepted, 100);
}

static struct kunit_case hdr_corrupt_test_cases[] = {
	KUNIT_CASE(corrupt_each_test),
	KUNIT_CASE(corrupt_many_test),
	{}
};

static struct kunit_suite hdr_corrupt_test_suite = {
	.name = "dw-edma-aux-corrupt",
	.init = hdr_init,
	.test_cases = hdr_corrupt_test_cases,
};

kunit_test_suite(hdr_corrupt_test_suite);
