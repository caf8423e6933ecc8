// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the memory windows that NTB clients get from ntb_hw_epf
 *
 * The invariant: a window that the device does not have, and a size beyond that of
 * the window, are refused before anything is written to the endpoint. An endpoint
 * that refuses, is gone or does not answer is an error of the call.
 */

#include <linux/limits.h>
#include <linux/pci-epf-vntb-abi.h>

#include "fake_epf.h"

static void no_such_window_test(struct kunit *test)
{
	struct ntb_dev *ntb = fake_up(test, &fake_j721e);
	const int bad[] = { ntb_peer_mw_count(ntb), -1, INT_MAX, INT_MIN };
	resource_size_t size;
	phys_addr_t base;
	int i;

	fake_link_up(test, ntb);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		fake_refused(test, ntb_mw_get_align(ntb, PEER, bad[i], &size, &size, &size));
		fake_refused(test, ntb_mw_set_trans(ntb, PEER, bad[i], 0x1000, 0x1000));
		fake_refused(test, ntb_mw_set_trans(ntb, PEER, bad[i], 0, 0));
		fake_refused(test, ntb_mw_clear_trans(ntb, PEER, bad[i]));
		fake_refused(test, ntb_peer_mw_get_addr(ntb, bad[i], &base, &size));
	}
}

/* Up to the size that the driver says, and no byte more */
static void window_size_test(struct kunit *test)
{
	struct ntb_dev *ntb = fake_up(test, &fake_j721e);
	resource_size_t addr_align, size_align, size_max;
	int i;

	fake_link_up(test, ntb);
	for (i = 0; i < fake_j721e.mw_count; i++) {
		KUNIT_ASSERT_EQ(test, 0, ntb_mw_get_align(ntb, PEER, i, &addr_align,
							  &size_align, &size_max));
		KUNIT_EXPECT_EQ(test, SZ_4K, addr_align);
		KUNIT_EXPECT_EQ(test, 1, size_align);
		KUNIT_EXPECT_EQ(test, fake_j721e.bar_len[fake_j721e.mw_bar[i]], size_max);

		KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(ntb, PEER, i, 0x1000, size_max));
		KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(ntb, PEER, i, 0x1000, 1));
		fake_epf.writes = 0;
		fake_refused(test, ntb_mw_set_trans(ntb, PEER, i, 0x1000, size_max + 1));
		fake_refused(test, ntb_mw_set_trans(ntb, PEER, i, 0x1000, ~(resource_size_t)0));
	}
}

/* All of the address arrives, the command is for the window that was meant */
static void set_trans_test(struct kunit *test)
{
	struct ntb_dev *ntb = fake_up(test, &fake_j721e);

	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(ntb, PEER, 3, 0x123456789000ULL, 0x2345));
	KUNIT_EXPECT_EQ(test, FAKE_SET_MW, fake_epf.command);
	KUNIT_EXPECT_EQ(test, 3, fake_epf.argument);
	KUNIT_EXPECT_EQ(test, 0x56789000, fake_peek(0, FAKE_ADDR_LO));
	KUNIT_EXPECT_EQ(test, 0x1234, fake_peek(0, FAKE_ADDR_HI));
	KUNIT_EXPECT_EQ(test, 0x2345, fake_peek(0, FAKE_SIZE_LO));
	KUNIT_EXPECT_EQ(test, 0, fake_peek(0, FAKE_SIZE_HI));

	KUNIT_EXPECT_EQ(test, 0, ntb_mw_clear_trans(ntb, PEER, 2));
	KUNIT_EXPECT_EQ(test, FAKE_CLEAR_MW, fake_epf.command);
	KUNIT_EXPECT_EQ(test, 2, fake_epf.argument);
}

static void no_success_test(struct kunit *test)
{
	static const struct {
		enum fake_answer answer;
		int ret;
	} cases[] = {
		{ FAKE_ERROR,	-EINVAL },
		{ FAKE_GONE,	-ENODEV },
		{ FAKE_SILENT,	-ETIMEDOUT },
	};
	struct ntb_dev *ntb = fake_up(test, &fake_j721e);
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		fake_epf.answer = cases[i].answer;
		KUNIT_EXPECT_EQ(test, cases[i].ret,
				ntb_mw_set_trans(ntb, PEER, 0, 0x1000, 0x1000));
	}

	fake_epf.answer = FAKE_ERROR;
	KUNIT_EXPECT_EQ(test, -EINVAL, ntb_mw_clear_trans(ntb, PEER, 0));
	KUNIT_EXPECT_EQ(test, -EINVAL, ntb_link_enable(ntb, NTB_SPEED_AUTO, NTB_WIDTH_AUTO));
	KUNIT_EXPECT_EQ(test, -EINVAL, ntb_link_disable(ntb));
}

/* Endpoints look for commands every few milliseconds */
static void late_answer_test(struct kunit *test)
{
	struct ntb_dev *ntb = fake_up(test, &fake_j721e);

	fake_epf.late = 3;
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(ntb, PEER, 0, 0x1000, 0x1000));
	KUNIT_EXPECT_EQ(test, 0, fake_epf.late);
}

static void peer_window_test(struct kunit *test)
{
	struct ntb_dev *ntb = fake_up(test, &fake_j721e);
	resource_size_t size;
	phys_addr_t base;
	int i;

	for (i = 0; i < fake_j721e.mw_count; i++) {
		unsigned int bar = fake_j721e.mw_bar[i];
		u32 offset = i ? 0 : fake_j721e.mw1_offset;

		KUNIT_EXPECT_EQ(test, 0, ntb_peer_mw_get_addr(ntb, i, &base, &size));
		KUNIT_EXPECT_EQ(test, pci_resource_start(fake_epf.pdev, bar) + offset, base);
		KUNIT_EXPECT_EQ(test, fake_j721e.bar_len[bar] - offset, size);
	}
}

static void fake_poke_ext(size_t offset, u32 value)
{
	fake_poke(0, VNTB_CTRL_EXT_OFFSET + offset, value);
}

#define FAKE_EXT(member, value)	fake_poke_ext(offsetof(struct vntb_ctrl_ext, member), value)

/* The endpoint says where the windows are in their BARs: nothing beside them is theirs */
static void shared_bars_test(struct kunit *test)
{
	static const struct {
		u32 offset;
		u32 size;
	} mw[] = {
		{ SZ_4K, SZ_32K }, { 0, SZ_4K }, { SZ_4K, SZ_4K }, { SZ_8K, SZ_4K },
	};
	resource_size_t size;
	struct ntb_dev *ntb;
	phys_addr_t base;
	int i;

	fake_plug(test, &fake_j721e);
	fake_poke(0, VNTB_CTRL_VERSION, VNTB_CTRL_VERSION_EXT);
	FAKE_EXT(magic, VNTB_CTRL_EXT_MAGIC);
	FAKE_EXT(revision, VNTB_CTRL_EXT_REVISION);
	FAKE_EXT(length, sizeof(struct vntb_ctrl_ext));
	FAKE_EXT(db_count, FAKE_VECTORS - 1);
	for (i = 0; i < ARRAY_SIZE(mw); i++) {
		FAKE_EXT(mw[i].offset, mw[i].offset);
		FAKE_EXT(mw[i].size_lo, mw[i].size);
	}
	ntb = fake_probe(test);
	fake_link_up(test, ntb);

	KUNIT_EXPECT_EQ(test, FAKE_VECTORS - 3, ntb_db_vector_count(ntb));
	for (i = 0; i < ARRAY_SIZE(mw); i++) {
		unsigned int bar = fake_j721e.mw_bar[i];

		KUNIT_EXPECT_EQ(test, 0, ntb_mw_get_align(ntb, PEER, i, NULL, NULL, &size));
		KUNIT_EXPECT_EQ(test, mw[i].size, size);
		KUNIT_EXPECT_EQ(test, 0, ntb_peer_mw_get_addr(ntb, i, &base, &size));
		KUNIT_EXPECT_EQ(test, pci_resource_start(fake_epf.pdev, bar) + mw[i].offset, base);
		KUNIT_EXPECT_EQ(test, mw[i].size, size);
		KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(ntb, PEER, i, 0x1000, mw[i].size));
		fake_epf.writes = 0;
		fake_refused(test, ntb_mw_set_trans(ntb, PEER, i, 0x1000, mw[i].size + 1));
	}
}

/* Who does not want to know something, says so with NULL */
static void null_test(struct kunit *test)
{
	struct ntb_dev *ntb = fake_up(test, &fake_j721e);
	resource_size_t size = 0;
	phys_addr_t base = 0;

	fake_link_up(test, ntb);
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_get_align(ntb, PEER, 0, NULL, NULL, NULL));
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_get_align(ntb, PEER, 0, NULL, NULL, &size));
	KUNIT_EXPECT_EQ(test, SZ_64K, size);
	KUNIT_EXPECT_EQ(test, 0, ntb_peer_mw_get_addr(ntb, 1, NULL, NULL));
	KUNIT_EXPECT_EQ(test, 0, ntb_peer_mw_get_addr(ntb, 1, &base, NULL));
	KUNIT_EXPECT_EQ(test, pci_resource_start(fake_epf.pdev, 3), base);
	KUNIT_EXPECT_EQ(test, 0, ntb_peer_mw_get_addr(ntb, 1, NULL, &size));
	KUNIT_EXPECT_EQ(test, SZ_4K, size);
}

static struct kunit_case mw_test_cases[] = {
	KUNIT_CASE(no_such_window_test),
	KUNIT_CASE(window_size_test),
	KUNIT_CASE(set_trans_test),
	KUNIT_CASE_SLOW(no_success_test),
	KUNIT_CASE(late_answer_test),
	KUNIT_CASE(peer_window_test),
	KUNIT_CASE(shared_bars_test),
	KUNIT_CASE(null_test),
	{}
};

static struct kunit_suite mw_test_suite = {
	.name = "ntb-epf-mw",
	.init = fake_init,
	.exit = fake_exit,
	.test_cases = mw_test_cases,
};

kunit_test_suite(mw_test_suite);
