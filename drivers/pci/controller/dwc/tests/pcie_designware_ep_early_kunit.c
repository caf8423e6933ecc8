// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for BARs of DesignWare endpoints that the host has not set up
 *
 * Function drivers do not know when the host assigns the address of a BAR, moves
 * the BAR or resets the controller. Invariant: whatever the order, a mapping that
 * was asked for is there when the address is, in the place of the address, and
 * nothing else is: until then all of the BAR is refused. The fake controller is
 * told what the host does.
 */

#include <linux/slab.h>

#include "pcie_designware_ep_fake.h"

/* A reset of the controller switches windows off and nobody is told */
static void lost_windows_come_back(struct kunit *test)
{
	struct pci_epf_bar bar = fake_bar(0x1000000);
	struct fake *fake = test->priv;

	memset(fake->atu, 0, sizeof(fake->atu));
	fake_change(fake, &bar);
}

/* One that takes the BAR as well: function drivers set it up from scratch */
static void reset_bar_is_set_up_again(struct kunit *test)
{
	struct pci_epf_bar_submap submap[] = {
		{ .phys_addr = 0x2000000, .size = BAR_SIZE },
	};
	struct pci_epf_bar bar = fake_bar(0x1000000);
	struct pci_epf_bar split = fake_bar(0);
	struct fake *fake = test->priv;

	split.submap = submap;
	split.num_submap = ARRAY_SIZE(submap);
	fake_assign(fake, 0);
	KUNIT_ASSERT_EQ(test, fake_set(fake, &split), 0);

	memset(fake->dbi2, 0, sizeof(fake->dbi2));
	memset(fake->atu, 0, sizeof(fake->atu));
	dw_pcie_ep_forget_bars(&fake->pci.ep);
	/* Not what waited before the reset */
	fake_assign(fake, BASE);
	pci_epc_raise_irq(&fake->epc, 0, 0, PCI_IRQ_MSI, 1);
	KUNIT_EXPECT_EQ(test, fake_target(fake, 0), NOWHERE);

	KUNIT_EXPECT_EQ(test, fake_set(fake, &split), -EINVAL);
	KUNIT_EXPECT_EQ(test, fake_set(fake, &bar), 0);
	KUNIT_EXPECT_EQ(test, fake->dbi2[PCI_BASE_ADDRESS_2 / 4], BAR_SIZE - 1);
}

/* The table of MSI-X is in a BAR that nobody has set, or set again */
static void msix_needs_its_bar(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake->func.msix_cap = 0x60;
	KUNIT_EXPECT_EQ(test, dw_pcie_ep_raise_msix_irq(&fake->pci.ep, 0, 1), -EINVAL);
}

/* The table is memory: unlike the MSI capability it holds whatever the host writes */
static void msix_address_is_aligned(struct kunit *test)
{
	struct pci_epf_msix_tbl entry = { .msg_addr = 0xfee00002 };
	struct pci_epf_bar bar = fake_bar(0x1000000);
	struct pci_epc_mem mem = { .window.page_size = SZ_4K };
	unsigned long windows = 0;
	struct fake *fake = test->priv;
	u64 outbound;

	fake->epc.mem = &mem;
	fake->pci.num_ob_windows = 1;
	fake->pci.ep.ob_window_map = &windows;
	fake->pci.ep.outbound_addr = &outbound;
	fake->func.msix_cap = 0x60;
	fake->dbi[(0x60 + PCI_MSIX_TABLE) / 4] = BAR_2;
	bar.addr = &entry;
	KUNIT_ASSERT_EQ(test, fake_set(fake, &bar), 0);

	KUNIT_EXPECT_EQ(test, dw_pcie_ep_raise_msix_irq(&fake->pci.ep, 0, 1), -EINVAL);
	entry.msg_addr = 0xfee00001;
	KUNIT_EXPECT_EQ(test, dw_pcie_ep_raise_msix_irq(&fake->pci.ep, 0, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, windows, 0);
	/* It was this entry, of which nothing else was wrong */
	entry.vector_ctrl = PCI_MSIX_ENTRY_CTRL_MASKBIT;
	KUNIT_EXPECT_EQ(test, dw_pcie_ep_raise_msix_irq(&fake->pci.ep, 0, 1), -EPERM);
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

/* The host moves the BAR away from the addresses that windows match */
static void moved_bar_is_nowhere(struct kunit *test)
{
	struct pci_epf_bar_submap submap[] = {
		{ .phys_addr = 0x2000000, .size = SZ_32K },
		{ .phys_addr = 0x3000000, .size = SZ_32K },
	};
	struct pci_epf_bar bar = fake_bar(0), none = fake_bar(0);
	struct fake *fake = test->priv;

	bar.submap = submap;
	bar.num_submap = ARRAY_SIZE(submap);
	fake_change(fake, &bar);
	none.no_backing = true;
	fake_expect(fake->after, &none);
	fake_assign(fake, BASE + SZ_1G);
	fake_check(fake, fake->after);
	/* and back */
	fake_expect(fake->after, &bar);
	fake_assign(fake, BASE);
	fake_check(fake, fake->after);
}

/* The host finds out the size of the BAR */
static void fake_size(struct fake *fake)
{
	fake_assign(fake, ~(BAR_SIZE - 1ULL));
	fake->dbi[PCI_COMMAND / 4] = 0;
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

	fake_assign(fake, 0);
	for (page = 0; page < PAGES; page++) {
		fake->before[page] = fake_target(fake, page * SZ_4K);
		fake->after[page] = NOWHERE;
	}
	fake->watching = true;
	KUNIT_EXPECT_EQ(fake->test, fake_set(fake, &bar), 0);
	fake->watching = false;
	fake_expect(fake->after, &bar);
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
	/* What the host writes to size the BAR is none */
	fake_size(fake);
	pci_epc_raise_irq(&fake->epc, 0, 0, PCI_IRQ_MSI, 1);
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

/* A reset of the controller while a mapping waits: all of its windows are off */
static void early_submap_survives_reset(struct kunit *test)
{
	struct pci_epf_bar other = fake_bar(0x7000000);
	struct fake *fake = test->priv;

	other.barno = BAR_4;
	fake_set_early(fake, 0x2000000);
	memset(fake->atu, 0, sizeof(fake->atu));
	fake_assign(fake, BASE);
	KUNIT_EXPECT_EQ(test, fake_set(fake, &other), 0);
	fake_check(fake, fake->after);
}

/* Windows are promised once, and kept until the address comes */
static void early_submaps_share_the_windows(struct kunit *test)
{
	struct pci_epf_bar_submap submap[NUM_WINS];
	struct pci_epf_bar first = fake_bar(0), second = fake_bar(0x4000000);
	struct fake *fake = test->priv;
	unsigned int i;

	second.barno = BAR_4;
	KUNIT_ASSERT_EQ(test, fake_set(fake, &second), 0);

	for (i = 0; i < NUM_WINS; i++)
		submap[i] = (struct pci_epf_bar_submap) {
			.phys_addr = 0x2000000 + i * SZ_1M,
			.size = SZ_8K,
		};
	submap[4].size = BAR_SIZE - 4 * SZ_8K;
	first.submap = submap;
	first.num_submap = 5;
	fake_assign(fake, 0);
	KUNIT_EXPECT_EQ(test, fake_set(fake, &first), 0);
	/* It has 6 now, BAR4 one, and 2 are free */
	second.submap = submap;
	submap[2].size = BAR_SIZE - 2 * SZ_8K;
	second.num_submap = 3;
	KUNIT_EXPECT_EQ(test, fake_set(fake, &second), -ENOSPC);
	/* A request that fails leaves the one that waits alone */
	submap[2].size = SZ_8K;
	submap[4].size = SZ_8K;
	first.num_submap = NUM_WINS - 1;
	KUNIT_EXPECT_EQ(test, fake_set(fake, &first), -ENOSPC);
	submap[1].size = BAR_SIZE - SZ_8K;
	second.num_submap = 2;
	KUNIT_EXPECT_EQ(test, fake_set(fake, &second), 0);

	fake_assign(fake, BASE);
	pci_epc_raise_irq(&fake->epc, 0, 0, PCI_IRQ_MSI, 1);
	for (i = 0; i < 5; i++)
		KUNIT_EXPECT_EQ(test, fake_target(fake, i * SZ_8K), 0x2000000 + i * SZ_1M);
}

/*
 * A window that does not work, whichever. The one that has the BAR cannot be had
 * back then, but it does not map anything else; without another one the mapping
 * waits until it works.
 */
static void early_submap_meets_broken_window(struct kunit *test)
{
	struct pci_epf_bar_submap submap[] = {
		{ .phys_addr = 0x2000000, .size = SZ_32K },
		{ .phys_addr = 0x3000000, .size = SZ_32K },
	};
	struct pci_epf_bar bar = fake_bar(0), whole = fake_bar(0x1000000);
	unsigned int i, page, early = 0, late = 0;
	struct fake *fake = test->priv;
	int ret;

	bar.submap = submap;
	bar.num_submap = ARRAY_SIZE(submap);
	for (i = 0; i < NUM_WINS; i++) {
		for (page = 0; page < PAGES; page++)
			fake->before[page] = fake_target(fake, page * SZ_4K);
		fake_assign(fake, 0);
		fake->broken_win = i;
		ret = fake_set(fake, &bar);
		fake->broken_win = -1;
		if (ret) {
			KUNIT_EXPECT_EQ(test, ret, -ETIMEDOUT);
			for (page = 0; page < PAGES; page++)
				KUNIT_EXPECT_EQ(test, fake_target(fake, page * SZ_4K), ASTRAY);
			KUNIT_ASSERT_EQ(test, fake_set(fake, &whole), 0);
			fake_check(fake, fake->before);
			fake_assign(fake, BASE);
			early++;
			continue;
		}

		fake->broken_win = i;
		fake_assign(fake, BASE);
		pci_epc_raise_irq(&fake->epc, 0, 0, PCI_IRQ_MSI, 1);
		late += fake_target(fake, 0) == NOWHERE;
		fake->broken_win = -1;
		/* It is tried again */
		pci_epc_raise_irq(&fake->epc, 0, 0, PCI_IRQ_MSI, 1);
		fake_expect(fake->after, &bar);
		fake_check(fake, fake->after);

		KUNIT_ASSERT_EQ(test, fake_set(fake, &whole), 0);
	}

	KUNIT_EXPECT_EQ(test, early, 1);
	KUNIT_EXPECT_GT(test, late, 0);
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

static struct kunit_case early_cases[] = {
	KUNIT_CASE(lost_windows_come_back),
	KUNIT_CASE(reset_bar_is_set_up_again),
	KUNIT_CASE(msix_needs_its_bar),
	KUNIT_CASE(msix_address_is_aligned),
	KUNIT_CASE(moved_bar_is_followed),
	KUNIT_CASE(moved_bar_is_nowhere),
	KUNIT_CASE(early_submap_waits_for_the_address),
	KUNIT_CASE(early_submap_survives_reset),
	KUNIT_CASE(early_submaps_share_the_windows),
	KUNIT_CASE(early_submap_meets_broken_window),
	KUNIT_CASE(early_submap_is_forgotten),
	{ }
};

static struct kunit_suite early_suite = {
	.name = "dw_pcie_ep_early",
	.init = fake_init,
	.test_cases = early_cases,
};

kunit_test_suite(early_suite);

MODULE_DESCRIPTION("KUnit tests for DesignWare endpoint BARs that the host has not set up");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
MODULE_LICENSE("GPL");
