// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of what NTB clients can ask of ntb_hw_epf
 *
 * The invariant: a peer, a scratchpad or a doorbell that the device does not have
 * is refused before anything is written to the endpoint, and what it has is
 * reachable up to the last one.
 */

#include <linux/limits.h>
#include <linux/module.h>

#include "../ntb_hw_epf_ctrl.h"
#include "fake_epf.h"

static void counts_test(struct kunit *test)
{
	struct ntb_dev *ntb = fake_up(test, &fake_j721e);

	KUNIT_EXPECT_EQ(test, 1, ntb_peer_port_count(ntb));
	KUNIT_EXPECT_EQ(test, 4, ntb_mw_count(ntb, PEER));
	KUNIT_EXPECT_EQ(test, 4, ntb_peer_mw_count(ntb));
	KUNIT_EXPECT_EQ(test, FAKE_SPADS, ntb_spad_count(ntb));
	/* A vector is for the link, and one for nothing */
	KUNIT_EXPECT_EQ(test, FAKE_VECTORS - 2, ntb_db_vector_count(ntb));
	KUNIT_EXPECT_EQ(test, GENMASK_ULL(FAKE_VECTORS - 3, 0), ntb_db_valid_mask(ntb));
}

/* Windows that have no BAR, and no more vectors than the driver needs */
static void fewest_test(struct kunit *test)
{
	struct ntb_dev *ntb;

	fake_plug(test, &fake_mx8);
	fake_poke(0, NTB_EPF_MW_COUNT, 4);
	ntb = fake_probe(test);

	KUNIT_EXPECT_EQ(test, 2, ntb_mw_count(ntb, PEER));
	fake_refused(test, ntb_mw_set_trans(ntb, PEER, 2, 0x1000, 0x1000));
	KUNIT_EXPECT_EQ(test, 2, ntb_db_vector_count(ntb));
	KUNIT_EXPECT_EQ(test, 0x3, ntb_db_valid_mask(ntb));
	KUNIT_EXPECT_EQ(test, 0x2, ntb_db_vector_mask(ntb, 1));
	fake_interrupt(3);
	KUNIT_EXPECT_EQ(test, 0x2, ntb_db_read(ntb));
}

/* There is one peer. The NTB core lets some of these through, and not others */
static void other_peer_test(struct kunit *test)
{
	static const int bad_peers[] = { PEER + 1, -1, INT_MAX, INT_MIN };
	struct ntb_dev *ntb = fake_up(test, &fake_j721e);
	resource_size_t align;
	int i;

	fake_link_up(test, ntb);
	for (i = 0; i < ARRAY_SIZE(bad_peers); i++) {
		int pidx = bad_peers[i];

		fake_refused(test, ntb_mw_count(ntb, pidx));
		fake_refused(test, ntb->ops->mw_get_align(ntb, pidx, 0, &align, &align, &align));
		fake_refused(test, ntb_mw_set_trans(ntb, pidx, 0, 0x1000, 0x1000));
		fake_refused(test, ntb_mw_clear_trans(ntb, pidx, 0));
		fake_refused(test, ntb_peer_spad_read(ntb, pidx, 0));
		fake_refused(test, ntb_peer_spad_write(ntb, pidx, 0, 1));
	}
}

/* What the driver does not offer is an answer of the NTB core, not a call of NULL */
static void absent_test(struct kunit *test)
{
	struct ntb_dev *ntb = fake_up(test, &fake_j721e);
	resource_size_t size;
	phys_addr_t addr;
	u64 data;

	KUNIT_EXPECT_EQ(test, -EINVAL, ntb_db_set(ntb, 1));
	KUNIT_EXPECT_EQ(test, 0, ntb_db_read_mask(ntb));
	KUNIT_EXPECT_EQ(test, 0, ntb_peer_db_read(ntb));
	KUNIT_EXPECT_EQ(test, -EINVAL, ntb_peer_db_clear(ntb, 1));
	KUNIT_EXPECT_EQ(test, 0, ntb_peer_db_read_mask(ntb));
	KUNIT_EXPECT_EQ(test, -EINVAL, ntb_peer_db_set_mask(ntb, 1));
	KUNIT_EXPECT_EQ(test, -EINVAL, ntb_peer_db_clear_mask(ntb, 1));
	KUNIT_EXPECT_EQ(test, -EINVAL, ntb_peer_db_addr(ntb, &addr, &size, &data, 0));
	KUNIT_EXPECT_EQ(test, -EINVAL, ntb_peer_spad_addr(ntb, PEER, 0, &addr));
	KUNIT_EXPECT_EQ(test, 0, ntb_peer_mw_set_trans(ntb, PEER, 0, 0x1000, 0x1000));
	KUNIT_EXPECT_EQ(test, 0, ntb_spad_is_unsafe(ntb));
	KUNIT_EXPECT_EQ(test, 0, ntb_db_is_unsafe(ntb));
	KUNIT_EXPECT_EQ(test, 0, ntb_msg_count(ntb));
	KUNIT_EXPECT_EQ(test, 0, fake_epf.writes);
}

static void ops_spads(struct kunit *test, const struct fake_type *type)
{
	struct ntb_dev *ntb = fake_up(test, type);
	int i;

	for (i = 0; i < FAKE_SPADS; i++) {
		KUNIT_EXPECT_EQ(test, 0, ntb_spad_write(ntb, i, 0x1000 + i));
		KUNIT_EXPECT_EQ(test, 0, ntb_peer_spad_write(ntb, PEER, i, 0x2000 + i));
	}
	for (i = 0; i < FAKE_SPADS; i++) {
		u32 offset = i * sizeof(u32);

		KUNIT_EXPECT_EQ(test, 0x1000 + i, fake_peek(0, FAKE_SPAD_OFF + offset));
		KUNIT_EXPECT_EQ(test, 0x2000 + i,
				fake_peek(type->spad_bar, type->peer_spad + offset));
		KUNIT_EXPECT_EQ(test, 0x1000 + i, ntb_spad_read(ntb, i));
		KUNIT_EXPECT_EQ(test, 0x2000 + i, ntb_peer_spad_read(ntb, PEER, i));
	}
}

static void spads_test(struct kunit *test)
{
	ops_spads(test, &fake_j721e);
}

static void spads_in_one_bar_test(struct kunit *test)
{
	ops_spads(test, &fake_mx8);
}

/* Nor is what lies there looked at */
static void no_such_spad_test(struct kunit *test)
{
	static const int bad[] = { FAKE_SPADS, -1, INT_MAX, INT_MIN };
	struct ntb_dev *ntb = fake_up(test, &fake_mx8);
	u32 offset = FAKE_SPADS * sizeof(u32);
	int i;

	fake_poke(0, FAKE_SPAD_OFF + offset, 0x55aa55aa);
	fake_poke(0, FAKE_SPAD_OFF - sizeof(u32), 0x55aa55aa);
	fake_poke(0, fake_mx8.peer_spad + offset, 0x55aa55aa);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		KUNIT_EXPECT_EQ(test, 0, ntb_spad_read(ntb, bad[i]));
		fake_refused(test, ntb_spad_write(ntb, bad[i], 1));
		fake_refused(test, ntb_peer_spad_read(ntb, PEER, bad[i]));
		fake_refused(test, ntb_peer_spad_write(ntb, PEER, bad[i], 1));
	}
}

/* Each doorbell has a word, the first one that of the third slot */
static void ring_test(struct kunit *test)
{
	struct ntb_dev *ntb = fake_up(test, &fake_j721e);
	u64 valid = ntb_db_valid_mask(ntb);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, 0, ntb_peer_db_set(ntb, 0));
	fake_refused(test, ntb_peer_db_set(ntb, valid + 1));
	fake_refused(test, ntb_peer_db_set(ntb, valid | (valid + 1)));
	fake_refused(test, ntb_peer_db_set(ntb, BIT_ULL(63)));

	KUNIT_EXPECT_EQ(test, 0, ntb_peer_db_set(ntb, BIT_ULL(1)));
	KUNIT_EXPECT_EQ(test, 1, fake_epf.writes);
	KUNIT_EXPECT_EQ(test, 0xdb03, fake_peek(2, 3 * sizeof(u32)));

	KUNIT_EXPECT_EQ(test, 0, ntb_peer_db_set(ntb, valid));
	KUNIT_EXPECT_EQ(test, 1 + FAKE_VECTORS - 2, fake_epf.writes);
	for (i = 0; i < 32; i++)
		KUNIT_EXPECT_EQ(test, i >= 2 && i < FAKE_VECTORS ? 0xdb00 + i : 0,
				fake_peek(2, i * sizeof(u32)));
}

static void vectors_test(struct kunit *test)
{
	struct ntb_dev *ntb = fake_up(test, &fake_j721e);
	int count = ntb_db_vector_count(ntb), i;

	for (i = 0; i < count; i++)
		KUNIT_EXPECT_EQ(test, BIT_ULL(i), ntb_db_vector_mask(ntb, i));
	KUNIT_EXPECT_EQ(test, 0, ntb_db_vector_mask(ntb, count));
	KUNIT_EXPECT_EQ(test, 0, ntb_db_vector_mask(ntb, -1));
	KUNIT_EXPECT_EQ(test, 0, ntb_db_vector_mask(ntb, INT_MAX));
	KUNIT_EXPECT_EQ(test, 0, ntb_db_vector_mask(ntb, INT_MIN));
}

/* What rings here is there until it is cleared, and nothing else is */
static void rung_test(struct kunit *test)
{
	struct ntb_dev *ntb = fake_up(test, &fake_j721e);
	u64 valid = ntb_db_valid_mask(ntb);
	unsigned int i;

	fake_interrupt(0);
	KUNIT_EXPECT_EQ(test, 1, fake_epf.link_events);
	fake_interrupt(1);
	KUNIT_EXPECT_EQ(test, 0, ntb_db_read(ntb));
	KUNIT_EXPECT_EQ(test, 0, fake_epf.db_events);

	for (i = 2; i < FAKE_VECTORS; i++)
		fake_interrupt(i);
	KUNIT_EXPECT_EQ(test, 1, fake_epf.link_events);
	KUNIT_EXPECT_EQ(test, valid, ntb_db_read(ntb));
	KUNIT_EXPECT_EQ(test, valid, fake_epf.db_events);

	KUNIT_EXPECT_EQ(test, 0, ntb_db_set_mask(ntb, valid));
	KUNIT_EXPECT_EQ(test, 0, ntb_db_clear(ntb, BIT_ULL(0) | BIT_ULL(63)));
	KUNIT_EXPECT_EQ(test, valid & ~BIT_ULL(0), ntb_db_read(ntb));
	KUNIT_EXPECT_EQ(test, 0, ntb_db_clear(ntb, ~0ULL));
	KUNIT_EXPECT_EQ(test, 0, ntb_db_read(ntb));
	KUNIT_EXPECT_EQ(test, 0, ntb_db_clear_mask(ntb, valid));
}

static void link_test(struct kunit *test)
{
	struct ntb_dev *ntb = fake_up(test, &fake_j721e);

	KUNIT_EXPECT_EQ(test, 0, ntb_link_is_up(ntb, NULL, NULL));
	fake_link_up(test, ntb);
	KUNIT_EXPECT_EQ(test, FAKE_LINK_UP, fake_epf.command);

	/* Other bits mean nothing, all of them that nobody is there */
	fake_poke16(0, FAKE_LINK, 0xfffe);
	KUNIT_EXPECT_EQ(test, 0, ntb_link_is_up(ntb, NULL, NULL));
	fake_poke16(0, FAKE_LINK, 0xffff);
	KUNIT_EXPECT_EQ(test, 0, ntb_link_is_up(ntb, NULL, NULL));
	fake_poke16(0, FAKE_LINK, 1);
	KUNIT_EXPECT_EQ(test, 1, ntb_link_is_up(ntb, NULL, NULL));

	KUNIT_EXPECT_EQ(test, 0, ntb_link_disable(ntb));
	KUNIT_EXPECT_EQ(test, FAKE_LINK_DOWN, fake_epf.command);
}

static struct kunit_case ops_test_cases[] = {
	KUNIT_CASE(counts_test),
	KUNIT_CASE(fewest_test),
	KUNIT_CASE(other_peer_test),
	KUNIT_CASE(absent_test),
	KUNIT_CASE(spads_test),
	KUNIT_CASE(spads_in_one_bar_test),
	KUNIT_CASE(no_such_spad_test),
	KUNIT_CASE(ring_test),
	KUNIT_CASE(vectors_test),
	KUNIT_CASE(rung_test),
	KUNIT_CASE(link_test),
	{}
};

static struct kunit_suite ops_test_suite = {
	.name = "ntb-epf-ops",
	.init = fake_init,
	.exit = fake_exit,
	.test_cases = ops_test_cases,
};

kunit_test_suite(ops_test_suite);

MODULE_DESCRIPTION("KUnit tests of what NTB clients can ask of ntb_hw_epf");
MODULE_SOFTDEP("pre: ntb_hw_epf");
MODULE_LICENSE("GPL");
