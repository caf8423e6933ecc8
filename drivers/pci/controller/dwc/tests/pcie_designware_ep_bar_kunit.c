// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for BAR mappings of DesignWare endpoints
 *
 * The fake controller looks after every write of a window register. Invariant:
 * what is mapped to the same place before and after a change is mapped there
 * at any time in between, and nothing is ever mapped to a third place. Errors
 * are forced by too few windows and by a window that refuses to be enabled.
 */

#include <linux/prandom.h>

#include "pcie_designware_ep_fake.h"

static int fake_set(struct fake *fake, struct pci_epf_bar *bar)
{
	return pci_epc_set_bar(&fake->epc, 0, 0, bar);
}

/* What the BAR looks like once @bar is in place */
static void fake_expect(u64 *pages, const struct pci_epf_bar *bar)
{
	unsigned int page, i = 0;
	u64 off = 0;

	for (page = 0; page < PAGES; page++) {
		pages[page] = NOWHERE;
		if (!bar->num_submap) {
			if (!bar->no_backing)
				pages[page] = bar->phys_addr + page * SZ_4K;
			continue;
		}
		if (page * SZ_4K - off >= bar->submap[i].size)
			off += bar->submap[i++].size;
		if (!bar->submap[i].no_backing)
			pages[page] = bar->submap[i].phys_addr + page * SZ_4K - off;
	}
}

static void fake_check(struct fake *fake, const u64 *pages)
{
	unsigned int page;

	for (page = 0; page < PAGES; page++)
		KUNIT_EXPECT_EQ_MSG(fake->test, fake_target(fake, page * SZ_4K),
				    pages[page], "page %u", page);
}

/* Change the mapping of the live BAR under the eyes of the host */
static void fake_change(struct fake *fake, struct pci_epf_bar *bar)
{
	unsigned int page;

	for (page = 0; page < PAGES; page++)
		fake->before[page] = fake_target(fake, page * SZ_4K);
	fake_expect(fake->after, bar);

	fake->writes = 0;
	fake->watching = true;
	KUNIT_ASSERT_EQ(fake->test, fake_set(fake, bar), 0);
	fake->watching = false;
	fake_check(fake, fake->after);
}

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
	struct pci_epf_bar_submap submap[NUM_WINS + 1] = { };
	struct pci_epf_bar bar = fake_bar(0);
	struct fake *fake = test->priv;
	unsigned int i;

	for (i = 0; i <= NUM_WINS; i++)
		submap[i] = (struct pci_epf_bar_submap) {
			.phys_addr = 0x2000000 + i * SZ_1M,
			.size = i < NUM_WINS ? SZ_4K : (PAGES - i) * SZ_4K,
		};
	bar.submap = submap;
	bar.num_submap = ARRAY_SIZE(submap);
	fake_change_fails(fake, &bar, -ENOSPC);

	/* All of them is possible: the old one is reused */
	submap[NUM_WINS - 1].size = (PAGES - NUM_WINS + 1) * SZ_4K;
	bar.num_submap = NUM_WINS;
	fake_change(fake, &bar);
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
}

/* A reset of the controller switches windows off and nobody is told */
static void lost_windows_come_back(struct kunit *test)
{
	struct pci_epf_bar bar = fake_bar(0x1000000);
	struct fake *fake = test->priv;

	memset(fake->atu, 0, sizeof(fake->atu));
	fake_change(fake, &bar);
}

static void moved_bar_is_followed(struct kunit *test)
{
	struct pci_epf_bar_submap submap[] = {
		{ .phys_addr = 0x2000000, .size = BAR_SIZE },
	};
	struct pci_epf_bar bar = fake_bar(0);
	struct fake *fake = test->priv;

	bar.submap = submap;
	bar.num_submap = ARRAY_SIZE(submap);
	fake_change(fake, &bar);
	fake_assign(fake, BASE + SZ_1G);
	fake_change(fake, &bar);
}

/* Submaps that cannot be mapped yet, in memory that is gone when they can */
static void fake_set_early(struct fake *fake, u64 target)
{
	struct pci_epf_bar_submap *submap;
	struct pci_epf_bar bar = fake_bar(0);
	unsigned int page;

	submap = kzalloc_objs(*submap, 2);
	KUNIT_ASSERT_NOT_NULL(fake->test, submap);
	submap[0] = (struct pci_epf_bar_submap) { .phys_addr = target, .size = SZ_32K };
	submap[1] = (struct pci_epf_bar_submap) { .no_backing = true, .size = SZ_32K };
	bar.submap = submap;
	bar.num_submap = 2;
	fake_expect(fake->after, &bar);

	fake_assign(fake, 0);
	KUNIT_EXPECT_EQ(fake->test, fake_set(fake, &bar), 0);
	kfree(submap);

	/* The old mapping is gone at once */
	for (page = 0; page < PAGES; page++)
		KUNIT_EXPECT_EQ(fake->test, fake_target(fake, page * SZ_4K), NOWHERE);
}

static void early_submap_waits_for_the_address(struct kunit *test)
{
	struct pci_epf_bar other = fake_bar(0x7000000);
	struct fake *fake = test->priv;

	other.barno = BAR_4;

	fake_set_early(fake, 0x2000000);
	pci_epc_raise_irq(&fake->epc, 0, 0, PCI_IRQ_MSI, 1);
	KUNIT_EXPECT_EQ(test, fake_target(fake, 0), NOWHERE);
	fake_assign(fake, BASE);
	pci_epc_raise_irq(&fake->epc, 0, 0, PCI_IRQ_MSI, 1);
	fake_check(fake, fake->after);

	fake_set_early(fake, 0x3000000);
	fake_assign(fake, BASE);
	KUNIT_EXPECT_EQ(test, fake_set(fake, &other), 0);
	fake_check(fake, fake->after);

	/* Only the last one counts */
	fake_set_early(fake, 0x4000000);
	fake_set_early(fake, 0x5000000);
	fake_assign(fake, BASE);
	pci_epc_raise_irq(&fake->epc, 0, 0, PCI_IRQ_MSI, 1);
	fake_check(fake, fake->after);
}

static void early_submap_is_forgotten(struct kunit *test)
{
	struct pci_epf_bar bar = fake_bar(0x1000000);
	struct fake *fake = test->priv;

	/* by a mapping that needs no address */
	fake_set_early(fake, 0x2000000);
	fake_change(fake, &bar);
	fake_assign(fake, BASE);
	pci_epc_raise_irq(&fake->epc, 0, 0, PCI_IRQ_MSI, 1);
	fake_check(fake, fake->after);

	/* with the BAR */
	fake_set_early(fake, 0x2000000);
	pci_epc_clear_bar(&fake->epc, 0, 0, &bar);
	fake_assign(fake, BASE);
	pci_epc_raise_irq(&fake->epc, 0, 0, PCI_IRQ_MSI, 1);
	KUNIT_EXPECT_EQ(test, fake_target(fake, 0), NOWHERE);
}

static struct kunit_case fake_cases[] = {
	KUNIT_CASE(same_again_writes_nothing),
	KUNIT_CASE(size_and_flags_are_fixed),
	KUNIT_CASE(mode_change_keeps_common_part),
	KUNIT_CASE(new_target_is_never_mixed),
	KUNIT_CASE(random_changes),
	KUNIT_CASE(too_few_windows_change_nothing),
	KUNIT_CASE(broken_window_changes_nothing),
	KUNIT_CASE(unbacked_bar_is_nowhere),
	KUNIT_CASE(bad_submaps_change_nothing),
	KUNIT_CASE(lost_windows_come_back),
	KUNIT_CASE(moved_bar_is_followed),
	KUNIT_CASE(early_submap_waits_for_the_address),
	KUNIT_CASE(early_submap_is_forgotten),
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
