// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of pci-epf-vntb: which DMA channels for the host, and where
 *
 * Invariant: what the user asks for and the controller can do is exactly what
 * happens; everything else is refused when the function is bound, and leaves
 * neither a channel nor a BAR behind.
 */

#include <linux/io.h>
#include <linux/pci-ep-dma-abi.h>
#include <linux/pci-epf-vntb-abi.h>
#include <linux/sizes.h>

#include "vntb_fake_epc.h"

#define OWN_BAR		4
#define DMA_V1		VNTB_LINK_UP_ARG_DMA_V1

struct refusal {
	const char *name;
	const char *attr, *value;	/* one attribute that is different */
	bool no_dma, no_subrange;
	u32 format;
	int dma_ret;
	int ret;
};

static const struct refusal refusals[] = {
	{ "control BAR", "dma_bar", "0", .ret = -EINVAL },
	{ "doorbell BAR", "dma_bar", "1", .ret = -EINVAL },
	{ "reserved BAR", "dma_bar", "5", .ret = -EINVAL },
	{ "offset in the window", "dma_offset", "0x18000", .ret = -EINVAL },
	{ "offset not aligned", "dma_offset", "0x20800", .ret = -EINVAL },
	{ "part of a direction", "dma_num_chans", "3", .ret = -EINVAL },
	{ "more channels than there are", "dma_num_chans", "5", .ret = -EINVAL },
	{ "more channels than there are, one by one", "dma_num_chans", "5",
	  .format = PCI_EPC_DMA_REG_DW_HDMA_NATIVE, .ret = -EINVAL },
	{ "unknown registers", "dma_num_chans", "all", .format = 77,
	  .ret = -EOPNOTSUPP },
	{ "no engine", "dma_num_chans", "all", .no_dma = true, .ret = -ENODEV },
	{ "no parts of BARs", "dma_num_chans", "all", .no_subrange = true, .ret = -EOPNOTSUPP },
	{ "channels in use", "dma_num_chans", "all", .dma_ret = -EBUSY, .ret = -EBUSY },
};

KUNIT_ARRAY_PARAM_DESC(refusal, refusals, name);

/* What cannot be had is refused, and leaves nothing behind */
static void vntb_dma_refused(struct kunit *test)
{
	const struct refusal *r = test->param_value;
	struct fake_epc *fake = vntb_dma_created(test, "2");
	unsigned int i;

	fake_epc_store(fake, "ctrl_bar", "0");
	fake_epc_store(fake, "db_bar", "1");
	fake_epc_store(fake, "mw1_bar", "2");
	KUNIT_ASSERT_GT(test, fake_epc_store(fake, r->attr, r->value), 0);
	fake->has_dma = !r->no_dma;
	fake->features.subrange_mapping = !r->no_subrange;
	fake->features.bar[BAR_5].type = BAR_RESERVED;
	if (r->format)
		fake->dma_format = r->format;
	fake->dma_ret = r->dma_ret;

	KUNIT_EXPECT_EQ(test, r->ret, fake_epc_bind(fake));
	KUNIT_EXPECT_EQ(test, fake->delegated[PCI_EPC_DMA_READ], 0);
	KUNIT_EXPECT_STREQ(test, fake_epc_show_text(fake, "dma_status"), "off\n");
	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		KUNIT_EXPECT_FALSE(test, fake->bar[i].set);
	KUNIT_EXPECT_EQ(test, 0, fake->bad_calls);
}

/* Where channels share nothing, some of them can be lent */
static void vntb_dma_some_channels(struct kunit *test)
{
	struct fake_epc *fake = vntb_dma_created(test, "4");

	fake->dma_format = PCI_EPC_DMA_REG_DW_HDMA_NATIVE;
	fake_epc_store(fake, "dma_num_chans", "2");
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	KUNIT_EXPECT_EQ(test, fake->delegated[PCI_EPC_DMA_READ], 0x3);
	KUNIT_EXPECT_STREQ(test, fake_epc_show_text(fake, "dma_status"), "armed read 0-1\n");

	/* Not the descriptors of those that stay */
	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	KUNIT_ASSERT_EQ(test, fake->bar[OWN_BAR].cfg.num_submap, 3);
	KUNIT_EXPECT_EQ(test, fake->bar[OWN_BAR].cfg.submap[2].size, SZ_8K);
}

/* Registers that the host sees anyway are not in the slice */
static void vntb_dma_exposed_regs(struct kunit *test)
{
	struct fake_epc *fake = vntb_dma_created(test, "4");
	struct pci_epf_bar *cfg = &fake->bar[OWN_BAR].cfg;
	struct pci_ep_dma_hdr *hdr;

	fake->dma_regs_bar = BAR_5;
	fake->features.bar[BAR_5].type = BAR_RESERVED;
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);

	KUNIT_ASSERT_EQ(test, cfg->num_submap, 3);
	KUNIT_EXPECT_EQ(test, cfg->submap[1].phys_addr, VNTB_READ_DESCS);
	hdr = phys_to_virt(cfg->submap[0].phys_addr);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(hdr->total_size), 0x5000);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(hdr->reg_bar), BAR_5);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(hdr->reg_offset), 0);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(hdr->reg_size), FAKE_DMA_REGS_SIZE);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(hdr->chans[0].desc_offset), SZ_4K);
}

/* Attributes say what they are, and take nothing else */
static void vntb_dma_attributes(struct kunit *test)
{
	static const struct {
		const char *attr, *text, *value, *shown, *beyond;
	} attrs[] = {
		{ "dma_bar", "-1\n", "5", "5\n", "6" },
		{ "dma_offset", "auto\n", "0xfffffffe", "0xfffffffe\n", "0xffffffff" },
		{ "dma_num_chans", "all\n", "8", "8\n", "9" },
		{ "dma_num_chans", "8\n", "all", "all\n", "0" },
		{ "dma_offset", "0xfffffffe\n", "auto", "auto\n", "0x100000000" },
		{ "dma_bar", "5\n", "-1", "-1\n", "-2" },
	};
	struct fake_epc *fake = fake_epc_create(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(attrs); i++) {
		KUNIT_EXPECT_STREQ(test, fake_epc_show_text(fake, attrs[i].attr), attrs[i].text);
		KUNIT_EXPECT_EQ(test, strlen(attrs[i].value),
				fake_epc_store(fake, attrs[i].attr, attrs[i].value));
		KUNIT_EXPECT_LT(test, fake_epc_store(fake, attrs[i].attr, attrs[i].beyond), 0);
		KUNIT_EXPECT_STREQ(test, fake_epc_show_text(fake, attrs[i].attr), attrs[i].shown);
	}
}

/* Not while the function is bound: what it said to the host would not hold */
static void vntb_dma_attributes_bound(struct kunit *test)
{
	static const char * const values[][2] = {
		{ "dma_bar", "4" }, { "dma_offset", "0x20000" }, { "dma_offset", "auto" },
		{ "dma_num_chans", "4" }, { "dma_num_chans", "all" },
	};
	struct fake_epc *fake = vntb_dma_bound(test, "2");
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(values); i++)
		KUNIT_EXPECT_EQ(test, -EOPNOTSUPP,
				fake_epc_store(fake, values[i][0], values[i][1]));
}

static struct kunit_case vntb_dma_config_cases[] = {
	KUNIT_CASE_PARAM(vntb_dma_refused, refusal_gen_params),
	KUNIT_CASE(vntb_dma_some_channels),
	KUNIT_CASE(vntb_dma_exposed_regs),
	KUNIT_CASE(vntb_dma_attributes),
	KUNIT_CASE(vntb_dma_attributes_bound),
	{}
};

static struct kunit_suite vntb_dma_config_suite = {
	.name		= "pci_epf_vntb_dma_config",
	.test_cases	= vntb_dma_config_cases,
};

kunit_test_suite(vntb_dma_config_suite);
