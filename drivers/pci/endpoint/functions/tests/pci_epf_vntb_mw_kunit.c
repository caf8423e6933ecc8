// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of pci-epf-vntb: translations, interrupts, attributes
 *
 * Invariant: behind a memory window is what a client put there and nothing
 * else, at any time; an interrupt is raised only if the host has it enabled;
 * and an attribute takes no value that the driver cannot live with.
 */

#include <linux/delay.h>
#include <linux/pci.h>

#include "vntb_fake_epc.h"

#define MW_BAR		2	/* of the first window, when nothing is configured */
#define MW_SIZE		SZ_64K

static struct fake_epc *bound(struct kunit *test)
{
	struct fake_epc *fake = fake_epc_create(test);

	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	return fake;
}

/* Nothing is behind a window before a translation and after it */
static void vntb_mw_unbacked(struct kunit *test)
{
	struct fake_epc *fake = bound(test);
	struct pci_epf_bar *cfg = &fake->bar[MW_BAR].cfg;

	KUNIT_EXPECT_TRUE(test, cfg->no_backing);
	KUNIT_EXPECT_EQ(test, MW_SIZE, cfg->size);

	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x40000, MW_SIZE));
	KUNIT_EXPECT_FALSE(test, cfg->no_backing);
	KUNIT_EXPECT_EQ(test, 0x40000, cfg->phys_addr);
	KUNIT_EXPECT_EQ(test, 0, cfg->num_submap);

	KUNIT_EXPECT_EQ(test, 0, ntb_mw_clear_trans(fake->ntb, 0, 0));
	KUNIT_EXPECT_TRUE(test, cfg->no_backing);
	KUNIT_EXPECT_TRUE(test, fake->bar[MW_BAR].set);
	KUNIT_EXPECT_EQ(test, 0, fake->bad_calls);
}

/* The same with scratch memory, on a controller that needs some */
static void vntb_mw_scratch(struct kunit *test)
{
	struct fake_epc *fake = fake_epc_create(test);
	struct pci_epf_bar *cfg = &fake->bar[MW_BAR].cfg;
	dma_addr_t scratch;

	fake->features.unbacked_bar = false;
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	scratch = cfg->phys_addr;
	KUNIT_EXPECT_NE(test, 0, scratch);
	KUNIT_EXPECT_EQ(test, 0, cfg->no_backing);

	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x40000, SZ_4K));
	KUNIT_ASSERT_EQ(test, 2, cfg->num_submap);
	KUNIT_EXPECT_FALSE(test, cfg->submap[1].no_backing);
	KUNIT_EXPECT_EQ(test, scratch, cfg->submap[1].phys_addr);

	KUNIT_EXPECT_EQ(test, 0, ntb_mw_clear_trans(fake->ntb, 0, 0));
	KUNIT_EXPECT_EQ(test, scratch, cfg->phys_addr);
	KUNIT_EXPECT_EQ(test, 0, cfg->num_submap);
}

/* The host sees the client's buffer and not what is behind it */
static void vntb_mw_partial(struct kunit *test)
{
	struct fake_epc *fake = bound(test);
	struct pci_epf_bar *cfg = &fake->bar[MW_BAR].cfg;

	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x43000, SZ_8K));
	KUNIT_EXPECT_EQ(test, MW_SIZE, cfg->size);
	KUNIT_ASSERT_EQ(test, 2, cfg->num_submap);
	KUNIT_EXPECT_EQ(test, 0x43000, cfg->submap[0].phys_addr);
	KUNIT_EXPECT_EQ(test, SZ_8K, cfg->submap[0].size);
	KUNIT_EXPECT_FALSE(test, cfg->submap[0].no_backing);
	KUNIT_EXPECT_EQ(test, MW_SIZE - SZ_8K, cfg->submap[1].size);
	KUNIT_EXPECT_TRUE(test, cfg->submap[1].no_backing);

	/* All of it, but where BAR match mode cannot reach */
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x43000, MW_SIZE));
	KUNIT_ASSERT_EQ(test, 1, cfg->num_submap);
	KUNIT_EXPECT_EQ(test, 0x43000, cfg->submap[0].phys_addr);
	KUNIT_EXPECT_EQ(test, MW_SIZE, cfg->submap[0].size);

	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x40000, MW_SIZE));
	KUNIT_EXPECT_EQ(test, 0, cfg->num_submap);
}

/* A size that is refused leaves the last translation alone */
static void vntb_mw_bad_size(struct kunit *test)
{
	struct fake_epc *fake = bound(test);
	struct pci_epf_bar *cfg = &fake->bar[MW_BAR].cfg;

	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x40000, MW_SIZE));
	KUNIT_EXPECT_EQ(test, -EINVAL, ntb_mw_set_trans(fake->ntb, 0, 0, 0x80000, 0));
	KUNIT_EXPECT_EQ(test, -EINVAL, ntb_mw_set_trans(fake->ntb, 0, 0, 0x80000, MW_SIZE * 2));
	KUNIT_EXPECT_EQ(test, -EINVAL, ntb_mw_set_trans(fake->ntb, 0, 0, 0x80000, 0x1001));
	KUNIT_EXPECT_EQ(test, -EINVAL, ntb_mw_set_trans(fake->ntb, 0, 0, 0x80010, 0x1000));
	KUNIT_EXPECT_EQ(test, 0x40000, cfg->phys_addr);
	KUNIT_EXPECT_EQ(test, MW_SIZE, cfg->size);
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x50000, MW_SIZE));
}

/* Without subranges, a small translation works as it ever did */
static void vntb_mw_no_subrange(struct kunit *test)
{
	struct fake_epc *fake = fake_epc_create(test);
	struct pci_epf_bar *cfg = &fake->bar[MW_BAR].cfg;

	fake->features.subrange_mapping = false;
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x40000, SZ_4K));
	KUNIT_EXPECT_EQ(test, 0x40000, cfg->phys_addr);
	KUNIT_EXPECT_EQ(test, MW_SIZE, cfg->size);
	KUNIT_EXPECT_EQ(test, 0, cfg->num_submap);

	/* Not a larger one */
	KUNIT_EXPECT_EQ(test, -EINVAL, ntb_mw_set_trans(fake->ntb, 0, 0, 0x80000, MW_SIZE * 2));
	KUNIT_EXPECT_EQ(test, 0x40000, cfg->phys_addr);
}

/* Clients are told what the controller needs */
static void vntb_mw_align(struct kunit *test)
{
	struct fake_epc *fake = fake_epc_create(test);
	resource_size_t addr_align, size_align, size_max;

	fake->features.align = SZ_32K;
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_UP, 0));
	KUNIT_ASSERT_EQ(test, 0, ntb_mw_get_align(fake->ntb, 0, 0, &addr_align, &size_align,
						  &size_max));
	KUNIT_EXPECT_EQ(test, SZ_32K, addr_align);
	KUNIT_EXPECT_EQ(test, SZ_32K, size_align);
	KUNIT_EXPECT_EQ(test, MW_SIZE, size_max);
}

/* Nonsense is refused */
static void vntb_mw_config(struct kunit *test)
{
	struct fake_epc *fake = fake_epc_create(test);

	fake_epc_store(fake, "mw2", "0x11100");
	KUNIT_EXPECT_EQ(test, -EINVAL, fake_epc_bind(fake));
	fake_epc_store(fake, "mw2", "0");
	KUNIT_EXPECT_EQ(test, -EINVAL, fake_epc_bind(fake));
	fake_epc_store(fake, "mw2", "0x10000");
	KUNIT_EXPECT_EQ(test, 0, fake_epc_bind(fake));
}

static void ring(struct fake_epc *fake, u64 bits)
{
	ntb_peer_db_set(fake->ntb, bits);
	msleep(20);
}

/* The host gets the kind of interrupt that it has enabled, when it has */
static void vntb_irq_type(struct kunit *test)
{
	struct fake_epc *fake = bound(test);

	ring(fake, BIT(0));
	KUNIT_EXPECT_EQ(test, 0, fake->nr_irqs);

	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK,
			fake_epc_command(fake, HOST_CONFIGURE_DOORBELL, 8));
	ring(fake, BIT(0));
	KUNIT_EXPECT_EQ(test, 1, fake->nr_irqs);
	KUNIT_EXPECT_EQ(test, PCI_IRQ_MSI, fake->irq_type);
	KUNIT_EXPECT_EQ(test, 3, fake->irq_num);

	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK,
			fake_epc_command(fake, HOST_CONFIGURE_DOORBELL, HOST_MSIX_ENABLE | 4));
	ring(fake, BIT(1));
	KUNIT_EXPECT_EQ(test, 2, fake->nr_irqs);
	KUNIT_EXPECT_EQ(test, PCI_IRQ_MSIX, fake->irq_type);
	KUNIT_EXPECT_EQ(test, 4, fake->irq_num);

	/* The host got four vectors, this would be the fifth */
	ring(fake, BIT(2));
	KUNIT_EXPECT_EQ(test, 2, fake->nr_irqs);

	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK,
			fake_epc_command(fake, HOST_TEARDOWN_DOORBELL, 4));
	ring(fake, BIT(0));
	KUNIT_EXPECT_EQ(test, 2, fake->nr_irqs);
}

/* The host waits a second for each command, and has others to do */
static void vntb_cmd_latency(struct kunit *test)
{
	struct fake_epc *fake = fake_epc_create(test);
	unsigned long start;
	unsigned int i;

	/* Doorbells by interrupt: the commands are all that is polled */
	fake->doorbell_bar = BAR_4;
	fake->features.bar[BAR_4].type = BAR_RESERVED;
	fake_epc_store(fake, "db_bar", "4");
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	msleep(100);

	start = jiffies;
	for (i = 0; i < 5; i++) {
		KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_UP, 0));
		KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_DOWN, 0));
	}
	/* 20 ms of it are the test, each time */
	KUNIT_EXPECT_LT(test, jiffies_to_msecs(jiffies - start), 10 * 100);
}

/* What cannot be raised is not accepted */
static void vntb_irq_refused(struct kunit *test)
{
	struct fake_epc *fake = fake_epc_create(test);

	fake->features.msix_capable = false;
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	KUNIT_EXPECT_EQ(test, HOST_STATUS_ERROR,
			fake_epc_command(fake, HOST_CONFIGURE_DOORBELL, HOST_MSIX_ENABLE | 8));
	KUNIT_EXPECT_EQ(test, HOST_STATUS_ERROR,
			fake_epc_command(fake, HOST_CONFIGURE_DOORBELL, 0));
	KUNIT_EXPECT_EQ(test, HOST_STATUS_ERROR,
			fake_epc_command(fake, HOST_CONFIGURE_DOORBELL, BIT(20) | 8));
	ring(fake, BIT(0));
	KUNIT_EXPECT_EQ(test, 0, fake->nr_irqs);
	KUNIT_EXPECT_EQ(test, 0, fake->nr_msix);
}

/* As many vectors as slots, the table in the control BAR behind the scratchpads */
static void vntb_irq_vectors(struct kunit *test)
{
	struct fake_epc *fake = fake_epc_create(test);

	fake_epc_store(fake, "db_count", "32");
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	KUNIT_EXPECT_EQ(test, 32, fake->nr_msi);
	KUNIT_EXPECT_EQ(test, 32, fake->nr_msix);
	KUNIT_EXPECT_EQ(test, 0, fake->msix_bar);
	KUNIT_EXPECT_GE(test, fake->msix_offset, HOST_SPADS + 2 * 16 * sizeof(u32));
	KUNIT_EXPECT_EQ(test, 0, fake->msix_offset % 8);
	KUNIT_EXPECT_LE(test, fake->msix_offset + 32 * 16 + 8, fake->bar[0].cfg.size);

	fake_epc_unbind(fake);
	fake_epc_store(fake, "db_count", "16");
	fake->epf->msi_interrupts = 24;
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	KUNIT_EXPECT_EQ(test, 24, fake->nr_msi);
}

/* A control BAR of one size has the table or has no room for it */
static void vntb_irq_fixed_bar(struct kunit *test)
{
	struct fake_epc *fake = fake_epc_create(test);
	struct pci_epc_bar_desc *desc = &fake->features.bar[BAR_0];

	/* 0x134 + 72 * 8 = 884, from 888 on 8 * 16 + 8 */
	desc->type = BAR_FIXED;
	desc->fixed_size = SZ_1K;
	fake_epc_store(fake, "spad_count", "72");
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	KUNIT_EXPECT_EQ(test, SZ_1K, fake->bar[BAR_0].cfg.size);
	KUNIT_EXPECT_EQ(test, 8, fake->nr_msix);
	KUNIT_EXPECT_EQ(test, 888, fake->msix_offset);
	fake_epc_unbind(fake);

	fake->nr_msix = 0;
	fake_epc_store(fake, "spad_count", "73");
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	KUNIT_EXPECT_EQ(test, SZ_1K, fake->bar[BAR_0].cfg.size);
	KUNIT_EXPECT_EQ(test, 0, fake->nr_msix);
	KUNIT_EXPECT_EQ(test, HOST_STATUS_ERROR,
			fake_epc_command(fake, HOST_CONFIGURE_DOORBELL, HOST_MSIX_ENABLE | 8));
	fake_epc_unbind(fake);

	/* What it would be does not count if it is not fixed */
	desc->type = BAR_PROGRAMMABLE;
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	KUNIT_EXPECT_EQ(test, 8, fake->nr_msix);
}

/* Attributes have a range */
static void vntb_attributes(struct kunit *test)
{
	static const struct {
		const char *attr, *last, *beyond;
	} ranges[] = {
		{ "spad_count", "131017", "131018" },
		{ "spad_count", "0", "0x20000000" },
		{ "spad_count", "16", "0xffffffff" },
		{ "db_count", "3", "2" },
		{ "db_count", "32", "33" },
		{ "num_mws", "4", "5" },
		{ "vbus_number", "255", "256" },
		{ "vntb_vid", "0xffff", "0x10000" },
		{ "vntb_pid", "0xffff", "0x10000" },
		{ "ctrl_bar", "5", "6" },
		{ "db_bar", "-1", "-2" },
		{ "mw4_bar", "0", "-2147483648" },
	};
	struct fake_epc *fake = fake_epc_create(test);
	unsigned int i;
	long val;

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		KUNIT_ASSERT_EQ(test, 0, kstrtol(ranges[i].last, 0, &val));
		KUNIT_EXPECT_EQ_MSG(test, strlen(ranges[i].last),
				    fake_epc_store(fake, ranges[i].attr, ranges[i].last),
				    "%s = %s", ranges[i].attr, ranges[i].last);
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    fake_epc_store(fake, ranges[i].attr, ranges[i].beyond),
				    "%s = %s", ranges[i].attr, ranges[i].beyond);
		KUNIT_EXPECT_EQ(test, val, fake_epc_show(fake, ranges[i].attr));
	}

	fake_epc_store(fake, "num_mws", "1");
	KUNIT_EXPECT_EQ(test, -ERANGE, fake_epc_store(fake, "mw2", "0x1000"));

	/* No number of that kind at all */
	KUNIT_EXPECT_EQ(test, -ERANGE, fake_epc_store(fake, "db_count", "0x100000000"));
	KUNIT_EXPECT_EQ(test, -ERANGE, fake_epc_store(fake, "ctrl_bar", "0x100000000"));
	KUNIT_EXPECT_EQ(test, -ERANGE, fake_epc_store(fake, "mw1", "0x10000000000000000"));
	KUNIT_EXPECT_EQ(test, -EINVAL, fake_epc_store(fake, "mw1", "all"));
}

/* Not while the function is bound: what it said to the host would not hold */
static void vntb_attributes_bound(struct kunit *test)
{
	static const char * const attrs[] = {
		"spad_count", "db_count", "num_mws", "vbus_number", "vntb_vid", "vntb_pid",
		"ctrl_bar", "db_bar", "mw1_bar", "mw1",
	};
	struct fake_epc *fake = bound(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(attrs); i++)
		KUNIT_EXPECT_EQ_MSG(test, -EOPNOTSUPP, fake_epc_store(fake, attrs[i], "4"),
				    "%s", attrs[i]);
}

static struct kunit_case vntb_mw_cases[] = {
	KUNIT_CASE(vntb_mw_unbacked),
	KUNIT_CASE(vntb_mw_scratch),
	KUNIT_CASE(vntb_mw_partial),
	KUNIT_CASE(vntb_mw_bad_size),
	KUNIT_CASE(vntb_mw_no_subrange),
	KUNIT_CASE(vntb_mw_align),
	KUNIT_CASE(vntb_mw_config),
	KUNIT_CASE(vntb_cmd_latency),
	KUNIT_CASE(vntb_irq_type),
	KUNIT_CASE(vntb_irq_refused),
	KUNIT_CASE(vntb_irq_vectors),
	KUNIT_CASE(vntb_irq_fixed_bar),
	KUNIT_CASE(vntb_attributes),
	KUNIT_CASE(vntb_attributes_bound),
	{}
};

static struct kunit_suite vntb_mw_suite = {
	.name		= "pci_epf_vntb_mw",
	.test_cases	= vntb_mw_cases,
};

kunit_test_suite(vntb_mw_suite);
