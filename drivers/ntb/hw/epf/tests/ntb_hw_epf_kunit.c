// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the control block parser of ntb_hw_epf
 *
 * Invariant: whatever the endpoint puts into its control block, the parser
 * reads no byte behind it, and what it lets pass leads into the BARs that it
 * was told about. Blocks are in buffers of exactly their size, so that KASAN
 * sees the first part; parse() asserts the second for every block that
 * any case gets through.
 */

#include <kunit/test.h>
#include <linux/sizes.h>
#include <linux/unaligned.h>

#include "../ntb_hw_epf_ctrl.h"

static const struct ntb_epf_bar_lens good_lens = {
	.ctrl	= SZ_1K,
	.db	= 256,
	.mw	= { SZ_64K, SZ_1M },
};

struct ntb_epf_test {
	void *block;
	struct ntb_epf_bar_lens lens;
	struct ntb_epf_ctrl ctrl;
	struct ntb_epf_ctrl_issue issue;
};

static void poke(struct ntb_epf_test *t, unsigned int offset, u32 value)
{
	put_unaligned_le32(value, t->block + offset);
}

/* As pci-epf-vntb has it: 2 windows, 32 scratchpads, polled doorbells */
static struct ntb_epf_test *good(struct kunit *test)
{
	struct ntb_epf_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->block = kunit_kzalloc(test, NTB_EPF_CTRL_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t->block);
	t->lens = good_lens;

	poke(t, NTB_EPF_MW_COUNT, 2);
	poke(t, NTB_EPF_SPAD_OFFSET, NTB_EPF_CTRL_SIZE);
	poke(t, NTB_EPF_SPAD_COUNT, 32);
	poke(t, NTB_EPF_DB_ENTRY_SIZE, 4);
	for (i = 0; i < NTB_EPF_MAX_SLOTS; i++)
		poke(t, NTB_EPF_DB_DATA(i), 1 + i);

	return t;
}

static int parse(struct kunit *test, struct ntb_epf_test *t)
{
	const struct ntb_epf_bar_lens *lens = &t->lens;
	const struct ntb_epf_ctrl *c = &t->ctrl;
	u64 spads;
	unsigned int i;
	int ret;

	ret = ntb_epf_parse_ctrl(t->block, lens, &t->ctrl, &t->issue);
	if (ret)
		return ret;

	spads = (u64)c->spad_count * sizeof(u32);
	KUNIT_EXPECT_LE(test, c->spad_offset + spads, lens->ctrl);
	KUNIT_EXPECT_LE(test, c->peer_spad_offset + spads, lens->peer_spad ? : lens->ctrl);
	KUNIT_EXPECT_LE(test, c->mw_count, NTB_EPF_MAX_MW_COUNT);
	for (i = 0; i < c->mw_count; i++)
		KUNIT_EXPECT_GT(test, lens->mw[i], i ? 0 : c->mw1_offset);
	KUNIT_EXPECT_LE(test, c->slots, NTB_EPF_MAX_SLOTS);
	for (i = EPF_IRQ_DB_START; i < c->slots; i++)
		KUNIT_EXPECT_LE(test, (u64)c->db_offset[i] + sizeof(u32), lens->db);

	return 0;
}

/* What a good endpoint says is taken word by word */
static void ntb_epf_good_block(struct kunit *test)
{
	struct ntb_epf_test *t = good(test);

	KUNIT_ASSERT_EQ(test, 0, parse(test, t));
	KUNIT_EXPECT_NULL(test, t->issue.field);
	KUNIT_EXPECT_EQ(test, 2, t->ctrl.mw_count);
	KUNIT_EXPECT_EQ(test, 0, t->ctrl.mw1_offset);
	KUNIT_EXPECT_EQ(test, NTB_EPF_CTRL_SIZE, t->ctrl.spad_offset);
	KUNIT_EXPECT_EQ(test, 32, t->ctrl.spad_count);
	KUNIT_EXPECT_EQ(test, NTB_EPF_CTRL_SIZE + 32 * 4, t->ctrl.peer_spad_offset);
	KUNIT_EXPECT_EQ(test, NTB_EPF_MAX_SLOTS, t->ctrl.slots);
	KUNIT_EXPECT_EQ(test, 3, t->ctrl.db_data[2]);
	KUNIT_EXPECT_EQ(test, 31 * 4, t->ctrl.db_offset[31]);
}

/* Interrupt-driven doorbells: no entry size, an offset each */
static void ntb_epf_msi_doorbells(struct kunit *test)
{
	struct ntb_epf_test *t = good(test);

	poke(t, NTB_EPF_DB_ENTRY_SIZE, 0);
	poke(t, NTB_EPF_DB_OFFSET(2), 0x40);
	poke(t, NTB_EPF_DB_OFFSET(31), 252);
	KUNIT_ASSERT_EQ(test, 0, parse(test, t));
	KUNIT_EXPECT_EQ(test, 0x40, t->ctrl.db_offset[2]);
	KUNIT_EXPECT_EQ(test, 252, t->ctrl.db_offset[31]);
	KUNIT_EXPECT_EQ(test, NTB_EPF_MAX_SLOTS, t->ctrl.slots);
}

/* The peer's scratchpads in a BAR of their own start at its beginning */
static void ntb_epf_peer_spad_bar(struct kunit *test)
{
	struct ntb_epf_test *t = good(test);

	t->lens.peer_spad = 128;
	KUNIT_ASSERT_EQ(test, 0, parse(test, t));
	KUNIT_EXPECT_EQ(test, 0, t->ctrl.peer_spad_offset);

	t->lens.peer_spad = 124;
	KUNIT_EXPECT_EQ(test, -EINVAL, parse(test, t));
	KUNIT_EXPECT_STREQ(test, "spad_count", t->issue.field);
	KUNIT_EXPECT_EQ(test, 31, t->issue.max);
}

/* Nobody there, or not yet */
static void ntb_epf_no_block(struct kunit *test)
{
	struct ntb_epf_test *t = good(test);

	memset(t->block, 0xff, NTB_EPF_CTRL_SIZE);
	KUNIT_EXPECT_EQ(test, -ENODEV, parse(test, t));
	memset(t->block, 0, NTB_EPF_CTRL_SIZE);
	KUNIT_EXPECT_EQ(test, -ENODEV, parse(test, t));
}

static const struct ntb_epf_bad {
	const char *field;
	unsigned int offset;
	u32 last;	/* the last value that is fine */
	u32 value;	/* the first that is not */
} bad_fields[] = {
	{ "num_mws",	 NTB_EPF_MW_COUNT,	2,	5 },
	{ "num_mws",	 NTB_EPF_MW_COUNT,	0,	U32_MAX },
	{ "mw1_offset",	 NTB_EPF_MW1_OFFSET,	0xffff,	0x10000 },
	{ "mw1_offset",	 NTB_EPF_MW1_OFFSET,	0x1000,	U32_MAX },
	{ "spad_offset", NTB_EPF_SPAD_OFFSET,	0x134,	0x130 },
	{ "spad_offset", NTB_EPF_SPAD_OFFSET,	0x138,	0 },
	{ "spad_offset", NTB_EPF_SPAD_OFFSET,	0x138,	0x136 },
	{ "spad_offset", NTB_EPF_SPAD_OFFSET,	0x200,	0x404 },
	{ "spad_offset", NTB_EPF_SPAD_OFFSET,	0x200,	U32_MAX - 3 },
	{ "spad_count",	 NTB_EPF_SPAD_OFFSET,	0x300,	0x304 },
	{ "spad_count",	 NTB_EPF_SPAD_COUNT,	89,	90 },
	{ "spad_count",	 NTB_EPF_SPAD_COUNT,	0,	0x20000000 },
	{ "spad_count",	 NTB_EPF_SPAD_COUNT,	0,	0x40000001 },
	{ "spad_count",	 NTB_EPF_SPAD_COUNT,	0,	U32_MAX },
	{ "doorbell offset", NTB_EPF_DB_ENTRY_SIZE, 124, 128 },
	{ "doorbell offset", NTB_EPF_DB_ENTRY_SIZE, 0,	0x40000000 },
	{ "doorbell offset", NTB_EPF_DB_ENTRY_SIZE, 0,	0x80000000 },
	{ "doorbell offset", NTB_EPF_DB_ENTRY_SIZE, 0,	U32_MAX },
	{ "doorbell offset", NTB_EPF_DB_OFFSET(2), 244,	248 },
	{ "doorbell offset", NTB_EPF_DB_OFFSET(2), 4,	5 },
	{ "doorbell offset", NTB_EPF_DB_OFFSET(2), 4,	U32_MAX - 3 },
};

static void bad_desc(const struct ntb_epf_bad *bad, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s %#x", bad->field, bad->value);
}

KUNIT_ARRAY_PARAM(bad_field, bad_fields, bad_desc);

/* Each field is fine at its limit, refused behind it, and named */
static void ntb_epf_bad_field(struct kunit *test)
{
	const struct ntb_epf_bad *bad = test->param_value;
	struct ntb_epf_test *t = good(test);

	poke(t, bad->offset, bad->last);
	KUNIT_EXPECT_EQ(test, 0, parse(test, t));

	poke(t, bad->offset, bad->value);
	KUNIT_EXPECT_EQ(test, -EINVAL, parse(test, t));
	KUNIT_ASSERT_NOT_NULL(test, t->issue.field);
	KUNIT_EXPECT_STREQ(test, bad->field, t->issue.field);
}

/* What there is no room for is left out, the rest works, and it is said */
static void ntb_epf_partly_usable(struct kunit *test)
{
	struct ntb_epf_test *t = good(test);

	poke(t, NTB_EPF_MW_COUNT, 4);
	KUNIT_EXPECT_EQ(test, 0, parse(test, t));
	KUNIT_EXPECT_EQ(test, 2, t->ctrl.mw_count);
	KUNIT_EXPECT_STREQ(test, "num_mws", t->issue.field);
	KUNIT_EXPECT_EQ(test, 2, t->issue.max);

	t = good(test);
	poke(t, NTB_EPF_DB_OFFSET(10), 0x1000);
	KUNIT_EXPECT_EQ(test, 0, parse(test, t));
	KUNIT_EXPECT_EQ(test, 10, t->ctrl.slots);
	KUNIT_EXPECT_STREQ(test, "doorbell offset", t->issue.field);
}

/* Every word of a good block in turn, with values that like to overflow */
static void ntb_epf_corruptions(struct kunit *test)
{
	static const u32 values[] = {
		0, 1, 3, 4, 0x7f, 0x100, 0x134, 0x3fc, 0x400, 0xffff, 0x10000,
		0x3fffffff, 0x40000000, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff,
	};
	unsigned int offset, i;
	struct ntb_epf_test *t;

	for (offset = 0; offset < NTB_EPF_CTRL_SIZE; offset += sizeof(u32)) {
		t = good(test);
		for (i = 0; i < ARRAY_SIZE(values); i++) {
			poke(t, offset, values[i]);
			parse(test, t);
		}
		kunit_kfree(test, t->block);
		kunit_kfree(test, t);
	}
}

/* BARs as small as an endpoint can make them, down to none */
static void ntb_epf_short_bars(struct kunit *test)
{
	struct ntb_epf_test *t = good(test);
	unsigned int len;

	for (len = 0; len <= 256; len += 4) {
		t->lens = good_lens;
		t->lens.db = len;
		parse(test, t);
		t->lens = good_lens;
		t->lens.ctrl = NTB_EPF_CTRL_SIZE + len;
		KUNIT_EXPECT_EQ(test, len < 256 ? -EINVAL : 0, parse(test, t));
		t->lens = good_lens;
		t->lens.mw[0] = len;
		KUNIT_EXPECT_EQ(test, 0, parse(test, t));
	}

	t->lens = good_lens;
	t->lens.db = 0;
	KUNIT_EXPECT_EQ(test, -EINVAL, parse(test, t));

	/* One word is enough if all doorbells are in it */
	t->lens.db = sizeof(u32);
	poke(t, NTB_EPF_DB_ENTRY_SIZE, 0);
	KUNIT_EXPECT_EQ(test, 0, parse(test, t));
	KUNIT_EXPECT_EQ(test, NTB_EPF_MAX_SLOTS, t->ctrl.slots);

	/* The control BAR may end with the block */
	t->lens.ctrl = NTB_EPF_CTRL_SIZE;
	KUNIT_EXPECT_EQ(test, -EINVAL, parse(test, t));
	poke(t, NTB_EPF_SPAD_COUNT, 0);
	KUNIT_EXPECT_EQ(test, 0, parse(test, t));
}

/* Offsets have 32 bits, whatever there would be room for */
static void ntb_epf_large_bars(struct kunit *test)
{
	struct ntb_epf_test *t = good(test);

	t->lens.db = 4ULL * SZ_4G;
	poke(t, NTB_EPF_DB_ENTRY_SIZE, 0x80000000);
	KUNIT_EXPECT_EQ(test, -EINVAL, parse(test, t));
	KUNIT_EXPECT_STREQ(test, "doorbell offset", t->issue.field);
	KUNIT_EXPECT_EQ(test, SZ_4G, t->issue.value);
}

static struct kunit_case ntb_epf_cases[] = {
	KUNIT_CASE(ntb_epf_good_block),
	KUNIT_CASE(ntb_epf_msi_doorbells),
	KUNIT_CASE(ntb_epf_peer_spad_bar),
	KUNIT_CASE(ntb_epf_no_block),
	KUNIT_CASE_PARAM(ntb_epf_bad_field, bad_field_gen_params),
	KUNIT_CASE(ntb_epf_partly_usable),
	KUNIT_CASE(ntb_epf_corruptions),
	KUNIT_CASE(ntb_epf_short_bars),
	KUNIT_CASE(ntb_epf_large_bars),
	{}
};

static struct kunit_suite ntb_epf_suite = {
	.name		= "ntb_hw_epf",
	.test_cases	= ntb_epf_cases,
};

kunit_test_suite(ntb_epf_suite);

MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
MODULE_DESCRIPTION("KUnit tests of the control block parser of ntb_hw_epf");
MODULE_LICENSE("GPL");
