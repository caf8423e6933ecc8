// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the words that are written to "run", and of the data
 *
 * The invariant: what is accepted lies in both buffers, what is not is named with
 * what is allowed. And data that is not all there, or not where it belongs, does
 * not pass.
 */

#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../ntb_ep_dma_params.h"
#include "../ntb_ep_dma_pattern.h"

#define BUF_SIZE	SZ_64K

static const struct good_case {
	const char *cmd;
	struct ntb_ep_dma_params params;
} good_cases[] = {
	{ "1", { 1, 0, 0, 0, 1, 1, 1 } },
	{ "65536", { 65536, 0, 0, 0, 1, 1, 1 } },
	{ "0x1001", { 4097, 0, 0, 0, 1, 1, 1 } },
	{ "  12\tseed=3 ", { 12, 3, 0, 0, 1, 1, 1 } },
	{ "chans=4", { 4096, 0, 0, 0, 4, 4, 1 } },
	{ "chans=16 count=4096 len=16", { 16, 0, 0, 0, 16, 4096, 1 } },
	{ "len=1 src_off=65535 dst_off=4294967295", { 1, 0, 65535, U32_MAX, 1, 1, 1 } },
	{ "rounds=1000000 seed=4294967295", { 4096, U32_MAX, 0, 0, 1, 1, 1000000 } },
	{ "len=3 src_off=1 dst_off=7 count=5 chans=2 rounds=9 seed=8",
	  { 3, 8, 1, 7, 2, 5, 9 } },
};

KUNIT_ARRAY_PARAM_DESC(good, good_cases, cmd);

static void good_test(struct kunit *test)
{
	const struct good_case *c = test->param_value;
	struct ntb_ep_dma_params params;
	struct ntb_ep_dma_issue issue;

	memset(&params, 0xa5, sizeof(params));
	KUNIT_ASSERT_EQ(test, 0, ntb_ep_dma_params_parse(c->cmd, BUF_SIZE, &params, &issue));
	KUNIT_EXPECT_MEMEQ(test, &params, &c->params, sizeof(params));
}

static const struct bad_case {
	const char *cmd;
	const char *message;
} bad_cases[] = {
	{ "", "word: '', expected a length, or words name=value" },
	{ " \t ", "word: '', expected a length, or words name=value" },
	{ "4k", "len: '4k', not a number" },
	{ "-1", "len: '-1', not a number" },
	{ "len", "len: 'len', not a number" },
	{ "len=", "len: '', not a number" },
	{ "len=1=2", "len: '1=2', not a number" },
	{ "seed=18446744073709551616", "seed: '18446744073709551616', not a number" },
	{ "=1", "word: '', unknown, known: len seed src_off dst_off chans count rounds" },
	{ "lens=1", "word: 'lens', unknown, known: len seed src_off dst_off chans count rounds" },
	{ "Len=1", "word: 'Len', unknown, known: len seed src_off dst_off chans count rounds" },
	{ "1 2", "len: '2', given twice" },
	{ "1 len=1", "len: '1', given twice" },
	{ "seed=1 seed=1", "seed: '1', given twice" },
	{ "0", "len: 0, allowed: 1 - 65536" },
	{ "65537", "len: 65537, allowed: 1 - 65536" },
	{ "4294967297", "len: 4294967297, allowed: 1 - 65536" },
	{ "seed=4294967296", "seed: 4294967296, allowed: 0 - 4294967295" },
	{ "src_off=65536", "src_off: 65536, allowed: 0 - 65535" },
	{ "dst_off=4294967296", "dst_off: 4294967296, allowed: 0 - 4294967295" },
	{ "chans=0", "chans: 0, allowed: 1 - 16" },
	{ "chans=17", "chans: 17, allowed: 1 - 16" },
	{ "count=0", "count: 0, allowed: 1 - 4096" },
	{ "count=4097", "count: 4097, allowed: 1 - 4096" },
	{ "count=3 chans=4", "count: 3, allowed: 4 - 4096" },
	{ "rounds=0", "rounds: 0, allowed: 1 - 1000000" },
	{ "rounds=1000001", "rounds: 1000001, allowed: 1 - 1000000" },
	{ "len=65536 src_off=1", "src_off + len * count: 65537, allowed: 1 - 65536" },
	{ "len=65536 chans=2", "src_off + len * count: 131072, allowed: 1 - 65536" },
	/* 2^32, which must not become 0 */
	{ "len=1048576 count=4096", "len: 1048576, allowed: 1 - 65536" },
};

KUNIT_ARRAY_PARAM_DESC(bad, bad_cases, cmd);

static void bad_test(struct kunit *test)
{
	const struct bad_case *c = test->param_value;
	struct ntb_ep_dma_params params;
	struct ntb_ep_dma_issue issue;
	char buf[128];

	memset(&issue, 0xa5, sizeof(issue));
	KUNIT_ASSERT_EQ(test, -EINVAL, ntb_ep_dma_params_parse(c->cmd, BUF_SIZE, &params,
							       &issue));
	ntb_ep_dma_issue_print(buf, sizeof(buf), &issue);
	KUNIT_EXPECT_STREQ(test, c->message, buf);
}

/* The products and sums that a large buffer makes possible */
static void large_test(struct kunit *test)
{
	struct ntb_ep_dma_params params;
	struct ntb_ep_dma_issue issue;

	KUNIT_EXPECT_EQ(test, -EINVAL, ntb_ep_dma_params_parse("len=1048576 count=4096", SZ_64M,
							       &params, &issue));
	KUNIT_EXPECT_EQ(test, 1ULL << 32, issue.value);
	KUNIT_EXPECT_EQ(test, 0, ntb_ep_dma_params_parse("len=16384 count=4096", SZ_64M,
							 &params, &issue));
	KUNIT_EXPECT_EQ(test, SZ_64M, ntb_ep_dma_params_total(&params));
}

static void long_test(struct kunit *test)
{
	struct ntb_ep_dma_params params;
	struct ntb_ep_dma_issue issue;
	char *cmd = kunit_kzalloc(test, 257, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, cmd);
	memset(cmd, ' ', 256);
	cmd[0] = '1';
	KUNIT_EXPECT_EQ(test, -EINVAL, ntb_ep_dma_params_parse(cmd, BUF_SIZE, &params, &issue));
	KUNIT_EXPECT_STREQ(test, "length of the command", issue.field);
	KUNIT_EXPECT_EQ(test, 256, issue.value);
	cmd[255] = '\0';
	KUNIT_EXPECT_EQ(test, 0, ntb_ep_dma_params_parse(cmd, BUF_SIZE, &params, &issue));
}

static void fit_test(struct kunit *test)
{
	struct ntb_ep_dma_params params = { .len = 10, .count = 3, .dst_off = 70 };
	struct ntb_ep_dma_issue issue;

	KUNIT_EXPECT_EQ(test, 0, ntb_ep_dma_params_fit(&params, 100, &issue));
	KUNIT_EXPECT_EQ(test, -EINVAL, ntb_ep_dma_params_fit(&params, 99, &issue));
	KUNIT_EXPECT_STREQ(test, "dst_off + len * count", issue.field);
	KUNIT_EXPECT_EQ(test, 100, issue.value);
	KUNIT_EXPECT_EQ(test, 99, issue.max);
	params.dst_off = U32_MAX;
	KUNIT_EXPECT_EQ(test, -EINVAL, ntb_ep_dma_params_fit(&params, U32_MAX, &issue));
}

static u8 *pattern(struct kunit *test, u32 len, u32 seed)
{
	u8 *data = kunit_kmalloc(test, len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, data);
	ntb_ep_dma_pattern_fill(data, len, seed);
	KUNIT_ASSERT_EQ(test, len, ntb_ep_dma_pattern_check(data, len, seed));

	return data;
}

/* No byte is ever the one that is there when nothing was moved */
static void pattern_lengths_test(struct kunit *test)
{
	u32 len;

	for (len = 1; len < 70; len++)
		KUNIT_EXPECT_NULL(test, memchr(pattern(test, len, len), NTB_EP_DMA_POISON, len));
	KUNIT_EXPECT_NULL(test, memchr(pattern(test, SZ_64K, 1), NTB_EP_DMA_POISON, SZ_64K));
}

/* The other kernel may be of another version: this is what goes over the link */
static void pattern_value_test(struct kunit *test)
{
	static const u8 expected[] = { 0xe6, 0x73, 0x5b, 0xd2, 0x88, 0x4a, 0x3a, 0x12 };
	u8 *data = pattern(test, 8, 1);

	KUNIT_EXPECT_MEMEQ(test, data, expected, sizeof(expected));
}

static void pattern_one_byte_test(struct kunit *test)
{
	u8 *data = pattern(test, 257, 3);
	u32 i, bit;

	for (i = 0; i < 257; i++) {
		for (bit = 0; bit < 8; bit++) {
			data[i] ^= BIT(bit);
			KUNIT_EXPECT_EQ(test, i, ntb_ep_dma_pattern_check(data, 257, 3));
			data[i] ^= BIT(bit);
		}
	}
}

/* From the wrong place, by any number of bytes */
static void pattern_shift_test(struct kunit *test)
{
	u8 *data = pattern(test, SZ_8K, 3);
	u32 shift;

	for (shift = 1; shift <= SZ_4K; shift++)
		KUNIT_EXPECT_LT(test, ntb_ep_dma_pattern_check(data + shift, SZ_4K, 3), 16);
}

static void pattern_swap_test(struct kunit *test)
{
	static const u32 lens[] = { 16, 64, 512, 4095, 4096 };
	u8 *data, *tmp;
	u32 i;

	tmp = kunit_kmalloc(test, SZ_4K, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, tmp);
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		data = pattern(test, 3 * SZ_4K, 3);
		memcpy(tmp, data + SZ_4K, lens[i]);
		memcpy(data + SZ_4K, data + SZ_4K + lens[i], lens[i]);
		memcpy(data + SZ_4K + lens[i], tmp, lens[i]);
		KUNIT_EXPECT_GE(test, ntb_ep_dma_pattern_check(data, 3 * SZ_4K, 3), SZ_4K);
		KUNIT_EXPECT_LT(test, ntb_ep_dma_pattern_check(data, 3 * SZ_4K, 3), SZ_4K + 16);
	}
}

/* What is left over from another run */
static void pattern_seed_test(struct kunit *test)
{
	u8 *data = pattern(test, SZ_4K, 0);
	u32 bit;

	for (bit = 0; bit < 32; bit++)
		KUNIT_EXPECT_LT(test, ntb_ep_dma_pattern_check(data, SZ_4K, BIT(bit)), 16);
}

static struct kunit_case ep_dma_params_cases[] = {
	KUNIT_CASE_PARAM(good_test, good_gen_params),
	KUNIT_CASE_PARAM(bad_test, bad_gen_params),
	KUNIT_CASE(large_test),
	KUNIT_CASE(long_test),
	KUNIT_CASE(fit_test),
	KUNIT_CASE(pattern_lengths_test),
	KUNIT_CASE(pattern_value_test),
	KUNIT_CASE(pattern_one_byte_test),
	KUNIT_CASE(pattern_shift_test),
	KUNIT_CASE(pattern_swap_test),
	KUNIT_CASE(pattern_seed_test),
	{}
};

static struct kunit_suite ep_dma_params_suite = {
	.name = "ntb-ep-dma-params",
	.test_cases = ep_dma_params_cases,
};

kunit_test_suite(ep_dma_params_suite);
