// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for BAR mappings of DesignWare endpoints
 *
 * The fake controller looks after every write of a window register. Invariant:
 * what is mapped to the same place before and after a change is mapped there
 * at any time in between, nothing is ever mapped to a third place, and what is
 * not mapped is refused. Errors are forced by too few windows and by a window
 * that cannot be enabled.
 */

#include <linux/prandom.h>

#include "pcie_designware_ep_fake.h"

/* The same for a change that has to fail and leave everything as it is */
static void fake_change_fails(struct fake *fake, struct pci_epf_bar *bar, int error)
{
	unsigned int page;

	for (page = 0; page < PAGES; page++)
		fake->before[page] = fake_target(fake, page * SZ_4K);
	KUNIT_EXPECT_EQ(fake->test, fake_set(fake, bar), error);
	fake_check(fake, fake->before);
}

static void same_again_writes_nothing(struct kunit *test)
{
	struct pci_epf_bar_submap submap[] = {
		{ .phys_addr = 0x2000000, .size = SZ_32K },
		{ .phys_addr = 0x3000000, .size = SZ_32K },
	};
	struct pci_epf_bar bar = fake_bar(0x1000000);
	struct fake *fake = test->priv;

	fake_change(fake, &bar);
	KUNIT_EXPECT_EQ(test, fake->writes, 0);

	bar.submap = submap;
	bar.num_submap = ARRAY_SIZE(submap);
	fake_change(fake, &bar);
	KUNIT_EXPECT_GT(test, fake->writes, 0);
	fake_change(fake, &bar);
	KUNIT_EXPECT_EQ(test, fake->writes, 0);
}

/* A target that the window of the BAR cannot have is no reason to touch it */
static void bad_target_writes_nothing(struct kunit *test)
{
	struct pci_epf_bar bar = fake_bar(0x2000000 + SZ_4K);
	struct fake *fake = test->priv;

	fake->writes = 0;
	fake_change_fails(fake, &bar, -EINVAL);
	KUNIT_EXPECT_EQ(test, fake->writes, 0);
}

/* The structure of the first call changes in place, which must not go unnoticed */
static void size_and_flags_are_fixed(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct pci_epf_bar bar = fake_bar(0x1000000);

	KUNIT_ASSERT_EQ(test, fake_set(fake, &bar), 0);

	bar.size /= 2;
	fake_change_fails(fake, &bar, -EINVAL);
	bar.size *= 2;
	bar.flags |= PCI_BASE_ADDRESS_MEM_PREFETCH;
	fake_change_fails(fake, &bar, -EINVAL);

	/* The BAR that is cleared is the one that was set, all 64 bits of it */
	bar.flags = 0;
	pci_epc_clear_bar(&fake->epc, 0, 0, &bar);
	KUNIT_EXPECT_EQ(test, fake->dbi[PCI_BASE_ADDRESS_3 / 4], 0);
}

/* BAR Match Mode to submaps and back, with a part that stays where it is */
static void mode_change_keeps_common_part(struct kunit *test)
{
	struct pci_epf_bar_submap submap[] = {
		{ .phys_addr = 0x1000000, .size = SZ_32K },
		{ .phys_addr = 0x3000000, .size = SZ_16K },
		{ .phys_addr = 0x100c000, .size = SZ_16K },
	};
	struct pci_epf_bar whole = fake_bar(0x1000000);
	struct pci_epf_bar split = fake_bar(0);
	struct fake *fake = test->priv;

	split.submap = submap;
	split.num_submap = ARRAY_SIZE(submap);
	fake_change(fake, &split);
	fake_change(fake, &whole);
}

/* A target whose halves both change is never seen half way */
static void new_target_is_never_mixed(struct kunit *test)
{
	struct pci_epf_bar bar = fake_bar(0x500000000);
	struct fake *fake = test->priv;

	fake_change(fake, &bar);
	bar.phys_addr = 0x611110000;
	fake_change(fake, &bar);
}

/* Any layout to any other: see the invariant on top */
static void random_changes(struct kunit *test)
{
	struct pci_epf_bar_submap submap[4] = { };
	struct pci_epf_bar bar = fake_bar(0);
	struct fake *fake = test->priv;
	struct rnd_state rnd;
	unsigned int i, k, left, n;

	prandom_seed_state(&rnd, 0x20261121);
	for (i = 0; i < 500; i++) {
		bar.num_submap = prandom_u32_state(&rnd) % 5;
		bar.no_backing = !bar.num_submap && prandom_u32_state(&rnd) % 4 == 0;
		bar.phys_addr = 0x1000000 + prandom_u32_state(&rnd) % 2 * 0x10000;
		bar.submap = submap;
		for (k = 0, left = PAGES; k < bar.num_submap; k++, left -= n) {
			n = 1 + prandom_u32_state(&rnd) % (left - bar.num_submap + k + 1);
			if (k == bar.num_submap - 1)
				n = left;
			submap[k].size = n * SZ_4K;
			submap[k].no_backing = prandom_u32_state(&rnd) % 8 == 0;
			submap[k].phys_addr = 0x1000000 + (PAGES - left) * SZ_4K +
					      prandom_u32_state(&rnd) % 2 * 0x10000;
		}
		fake_change(fake, &bar);
	}
}

static void too_few_windows_change_nothing(struct kunit *test)
{
	struct pci_epf_bar_submap submap[NUM_WINS] = { };
	struct pci_epf_bar bar = fake_bar(0);
	struct fake *fake = test->priv;
	unsigned int i;

	/* One is needed for what the others do not match */
	for (i = 0; i < NUM_WINS; i++)
		submap[i] = (struct pci_epf_bar_submap) {
			.phys_addr = 0x2000000 + i * SZ_1M,
			.size = i < NUM_WINS - 1 ? SZ_4K : (PAGES - i) * SZ_4K,
		};
	bar.submap = submap;
	bar.num_submap = NUM_WINS;
	fake_change_fails(fake, &bar, -ENOSPC);

	/* All of them is possible: the old one is reused */
	submap[NUM_WINS - 2].size = (PAGES - NUM_WINS + 2) * SZ_4K;
	bar.num_submap = NUM_WINS - 1;
	fake_change(fake, &bar);

	/* None is left for another BAR, which the host is not to see */
	bar = fake_bar(0x7000000);
	bar.barno = BAR_4;
	fake_change_fails(fake, &bar, -ENOSPC);
	bar.no_backing = true;
	fake_change_fails(fake, &bar, -ENOSPC);
	KUNIT_EXPECT_EQ(test, fake->dbi2[PCI_BASE_ADDRESS_4 / 4], 0);
	KUNIT_EXPECT_EQ(test, fake->dbi[PCI_BASE_ADDRESS_4 / 4], 0);

	/* A BAR in one piece needs no more than one, with backing or without */
	bar = fake_bar(0x1000000);
	fake_change(fake, &bar);
	bar.no_backing = true;
	fake_change(fake, &bar);
	bar = fake_bar(0x2000000);
	fake_change(fake, &bar);
}

/* BAR4 has all windows that are neither BAR2's nor in the mask @free */
static void fake_leave(struct fake *fake, unsigned long free)
{
	unsigned int i;

	for (i = 0; i < NUM_WINS; i++) {
		if (!dw_pcie_ep_ib_owns(&fake->wins[i], 0, BAR_2))
			fake->wins[i] = (struct dw_pcie_ep_ib_win) {
				.busy = !(free & BIT(i)), .bar = BAR_4,
			};
	}
}

/* Wherever windows are free: in front of BAR2's or behind them */
static void last_windows_will_do(struct kunit *test)
{
	struct pci_epf_bar_submap submap[] = {
		{ .phys_addr = 0x1000000, .size = SZ_16K },
		{ .phys_addr = 0x1004000, .size = SZ_16K },
		{ .no_backing = true, .size = SZ_32K },
	};
	struct pci_epf_bar whole = fake_bar(0x1000000), split = fake_bar(0);
	struct fake *fake = test->priv;
	unsigned int free;

	split.submap = &submap[1];
	split.num_submap = 2;
	submap[1].size = SZ_32K;
	for (free = 0; free < NUM_WINS; free++) {
		pci_epc_clear_bar(&fake->epc, 0, 0, &whole);
		fake_leave(fake, BIT(4));
		KUNIT_ASSERT_EQ(test, fake_set(fake, &whole), 0);
		fake_assign(fake, BASE);
		fake_leave(fake, BIT(free));
		if (free == 4) {
			fake_change_fails(fake, &split, -ENOSPC);
			continue;
		}

		/* The only one behind refuses, what BAR2's own maps has to go */
		submap[1].phys_addr = free < 4 ? 0x1000000 : 0x3000000;
		fake_change(fake, &split);
		fake_change(fake, &whole);
	}

	/* The one that refuses is in the way and moves, nothing blinks */
	pci_epc_clear_bar(&fake->epc, 0, 0, &whole);
	fake_leave(fake, BIT(1) | BIT(2));
	KUNIT_ASSERT_EQ(test, fake_set(fake, &whole), 0);
	fake_assign(fake, BASE);
	submap[1].phys_addr = 0x1000000;
	KUNIT_ASSERT_EQ(test, fake_set(fake, &split), 0);
	fake_leave(fake, BIT(6) | BIT(7) | BIT(8));
	submap[1].phys_addr = 0x1004000;
	submap[1].size = SZ_16K;
	split.submap = submap;
	split.num_submap = ARRAY_SIZE(submap);
	fake_change(fake, &split);
}

static void broken_window_changes_nothing(struct kunit *test)
{
	struct pci_epf_bar_submap submap[] = {
		{ .phys_addr = 0x2000000, .size = SZ_32K },
		{ .phys_addr = 0x3000000, .size = SZ_32K },
	};
	struct pci_epf_bar bar = fake_bar(0);
	struct fake *fake = test->priv;

	bar.submap = submap;
	bar.num_submap = ARRAY_SIZE(submap);
	fake->broken_win = 2;
	fake_change_fails(fake, &bar, -ETIMEDOUT);
	fake->broken_win = -1;
	fake_change(fake, &bar);
}

static void unbacked_bar_is_nowhere(struct kunit *test)
{
	struct pci_epf_bar none = fake_bar(0), some = fake_bar(0x5000000);
	struct fake *fake = test->priv;

	none.no_backing = true;
	fake_change(fake, &none);
	KUNIT_EXPECT_EQ(test, fake->dbi[PCI_BASE_ADDRESS_3 / 4],
			upper_32_bits(BASE));
	fake_change(fake, &some);
	fake_change(fake, &none);

	/* From the first moment, and wherever the host wants it to be */
	pci_epc_clear_bar(&fake->epc, 0, 0, &none);
	KUNIT_ASSERT_EQ(test, fake_set(fake, &none), 0);
	fake_expect(fake->after, &none);
	fake_check(fake, fake->after);
	fake_assign(fake, SZ_1G);
	fake_check(fake, fake->after);
}

/* A controller without the response code keeps what it has, and can be used as before */
static void no_refusal_changes_nothing(struct kunit *test)
{
	struct pci_epf_bar bar = fake_bar(0x1000000);
	struct fake *fake = test->priv;

	fake->no_refusal = true;
	bar.no_backing = true;
	fake_change_fails(fake, &bar, -EOPNOTSUPP);
	bar = fake_bar(0x2000000);
	KUNIT_EXPECT_EQ(test, fake_set(fake, &bar), 0);
	fake_expect(fake->after, &bar);
	fake_check(fake, fake->after);
}

static void bad_submaps_change_nothing(struct kunit *test)
{
	static const struct {
		size_t size[2];
		u64 target;
	} bad[] = {
		{ { BAR_SIZE, 0 }, 0 },				/* empty */
		{ { SZ_32K, SZ_16K }, 0 },			/* too short */
		{ { SZ_32K, BAR_SIZE }, 0 },			/* too long */
		{ { SZ_4K, ~0UL - SZ_4K + 1 }, 0 },		/* wraps */
		{ { SZ_32K - 4, SZ_32K + 4 }, 0 },		/* size unaligned */
		{ { SZ_32K, SZ_32K }, 0x2000800 },		/* target unaligned */
	};
	struct pci_epf_bar_submap submap[2] = { };
	struct pci_epf_bar bar = fake_bar(0);
	struct fake *fake = test->priv;
	unsigned int i;

	bar.submap = submap;
	bar.num_submap = ARRAY_SIZE(submap);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		submap[0].size = bad[i].size[0];
		submap[1].size = bad[i].size[1];
		submap[1].phys_addr = bad[i].target;
		fake_change_fails(fake, &bar, -EINVAL);
	}

	submap[0].size = SZ_32K;
	submap[1].size = SZ_32K;
	submap[1].phys_addr = 0;
	bar.submap = NULL;
	fake_change_fails(fake, &bar, -EINVAL);
	bar.submap = submap;
	fake->pci.region_align = 0;
	fake_change_fails(fake, &bar, -EINVAL);
	fake->pci.region_align = SZ_4K;

	/* The host has written an address from which the BAR would wrap */
	fake_assign(fake, -(u64)SZ_4K);
	fake_change_fails(fake, &bar, -EINVAL);
	fake_assign(fake, BASE);
	fake_change(fake, &bar);
}

static u32 fake_type(struct fake *fake, enum pci_barno bar)
{
	unsigned int i;

	for (i = 0; i < NUM_WINS; i++)
		if (dw_pcie_ep_ib_owns(&fake->wins[i], 0, bar))
			return fake_win(fake, i)[PCIE_ATU_REGION_CTRL1 / 4] & 0x1f;

	return ~0;
}

/* Windows of an I/O BAR match I/O requests, at the address that is decoded for I/O */
static void io_bar_has_io_windows(struct kunit *test)
{
	struct pci_epf_bar_submap submap[] = {
		{ .phys_addr = 0x2000000, .size = SZ_4K },
		{ .phys_addr = 0x3000000, .size = SZ_4K },
	};
	struct pci_epf_bar bar = {
		.phys_addr = 0x8000000,
		.size = SZ_8K,
		.barno = BAR_4,
		.flags = PCI_BASE_ADDRESS_SPACE_IO,
	};
	struct fake *fake = test->priv;
	unsigned int i, mapped = 0;
	u32 *win;

	KUNIT_EXPECT_EQ(test, fake_type(fake, BAR_2), PCIE_TLP_TYPE_MEM_RDWR);
	KUNIT_ASSERT_EQ(test, fake_set(fake, &bar), 0);
	KUNIT_EXPECT_EQ(test, fake_type(fake, BAR_4), PCIE_TLP_TYPE_IO_RDWR);

	fake->dbi[PCI_BASE_ADDRESS_4 / 4] = 0x6000 | PCI_BASE_ADDRESS_SPACE_IO;
	fake->dbi[PCI_COMMAND / 4] |= PCI_COMMAND_IO;
	bar.submap = submap;
	bar.num_submap = ARRAY_SIZE(submap);
	KUNIT_ASSERT_EQ(test, fake_set(fake, &bar), 0);
	for (i = 0; i < NUM_WINS; i++) {
		win = fake_win(fake, i);
		if (!dw_pcie_ep_ib_owns(&fake->wins[i], 0, BAR_4) ||
		    win[PCIE_ATU_REGION_CTRL2 / 4] & PCIE_ATU_BAR_MODE_ENABLE)
			continue;
		mapped++;
		KUNIT_EXPECT_EQ(test, win[PCIE_ATU_LOWER_BASE / 4] & ~0x1fff, 0x6000);
		KUNIT_EXPECT_EQ(test, win[PCIE_ATU_UPPER_BASE / 4], 0);
		KUNIT_EXPECT_EQ(test, win[PCIE_ATU_REGION_CTRL1 / 4] & 0x1f,
				PCIE_TLP_TYPE_IO_RDWR);
	}
	KUNIT_EXPECT_EQ(test, mapped, ARRAY_SIZE(submap));
}

static struct kunit_case fake_cases[] = {
	KUNIT_CASE(same_again_writes_nothing),
	KUNIT_CASE(bad_target_writes_nothing),
	KUNIT_CASE(size_and_flags_are_fixed),
	KUNIT_CASE(mode_change_keeps_common_part),
	KUNIT_CASE(new_target_is_never_mixed),
	KUNIT_CASE(random_changes),
	KUNIT_CASE(too_few_windows_change_nothing),
	KUNIT_CASE(last_windows_will_do),
	KUNIT_CASE(broken_window_changes_nothing),
	KUNIT_CASE(unbacked_bar_is_nowhere),
	KUNIT_CASE(no_refusal_changes_nothing),
	KUNIT_CASE(bad_submaps_change_nothing),
	KUNIT_CASE(io_bar_has_io_windows),
	{ }
};

static struct kunit_suite fake_suite = {
	.name = "dw_pcie_ep_bar",
	.init = fake_init,
	.test_cases = fake_cases,
};

kunit_test_suite(fake_suite);

MODULE_DESCRIPTION("KUnit tests for BAR mappings of DesignWare endpoints");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
MODULE_LICENSE("GPL");
