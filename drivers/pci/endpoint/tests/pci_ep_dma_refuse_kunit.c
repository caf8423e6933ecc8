// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for DMA channels that the host drives: what is refused
 *
 * One thing at a time is different from a controller that is fine. Invariant:
 * what cannot be shown to the host without showing more is refused, with the
 * errno that says why, and no channel is taken then.
 */

#include <linux/pci-ep-dma.h>
#include <linux/sizes.h>

#include "pci_ep_dma_fake.h"

static struct pci_epc_aux_resource *fake_find(struct ep_dma_fake *fake, u16 hw_ch)
{
	int i;

	for (i = 0; i < fake->count; i++)
		if (fake->aux[i].type == PCI_EPC_AUX_DMA_CHAN_DESC &&
		    fake->aux[i].u.dma_desc.dir == PCI_EPC_DMA_READ &&
		    fake->aux[i].u.dma_desc.hw_ch == hw_ch)
			return &fake->aux[i];

	return NULL;
}

struct refusal {
	const char *name;
	void (*bend)(struct ep_dma_fake *fake);
	unsigned int num_chans;
	int ret;
};

static void no_resources(struct ep_dma_fake *fake)
{
	fake->count = 0;
}

static void count_fails(struct ep_dma_fake *fake)
{
	fake->count = -EOPNOTSUPP;
}

static void get_fails(struct ep_dma_fake *fake)
{
	fake->get_ret = -ENOSPC;
}

static void no_regs(struct ep_dma_fake *fake)
{
	fake->aux[1].type = PCI_EPC_AUX_DOORBELL_MMIO;
}

static void no_channels(struct ep_dma_fake *fake)
{
	fake->count -= 4;
}

static void nine_channels(struct ep_dma_fake *fake)
{
	ep_dma_fake_fill(fake, PCI_EPC_DMA_REG_DW_EDMA_UNROLL, 9, SZ_64K);
	fake->aux[1].size = SZ_8K;
}

static void gap_in_channels(struct ep_dma_fake *fake)
{
	fake_find(fake, 2)->u.dma_desc.hw_ch = 4;
}

static void far_channel(struct ep_dma_fake *fake)
{
	fake_find(fake, 3)->u.dma_desc.hw_ch = 35;
}

static void channel_twice(struct ep_dma_fake *fake)
{
	fake_find(fake, 3)->u.dma_desc.hw_ch = 0;
}

static void unknown_format(struct ep_dma_fake *fake)
{
	fake->aux[1].u.dma_ctrl.reg_format = PCI_EPC_DMA_REG_UNKNOWN;
}

static void native_format(struct ep_dma_fake *fake)
{
	fake->aux[1].u.dma_ctrl.reg_format = PCI_EPC_DMA_REG_DW_HDMA_NATIVE;
}

static void few_regs(struct ep_dma_fake *fake)
{
	fake->aux[1].size = 0xfff;
}

static void regs_not_aligned(struct ep_dma_fake *fake)
{
	fake->aux[1].phys_addr += 0x800;
}

static void regs_in_large_steps(struct ep_dma_fake *fake)
{
	fake->features.align = SZ_64K;
	ep_dma_fake_fill(fake, PCI_EPC_DMA_REG_DW_EDMA_UNROLL, 4, SZ_64K);
}

static void few_exposed_regs(struct ep_dma_fake *fake)
{
	fake->aux[1].bar = BAR_4;
	fake->aux[1].size = 0x9ff;
}

static void long_exposed_regs(struct ep_dma_fake *fake)
{
	fake->aux[1].bar = BAR_4;
	fake->aux[1].size = SZ_4G;
}

static void far_exposed_regs(struct ep_dma_fake *fake)
{
	fake->aux[1].bar = BAR_4;
	fake->aux[1].bar_offset = SZ_4G;
}

static void descs_empty(struct ep_dma_fake *fake)
{
	ep_dma_fake_fill(fake, PCI_EPC_DMA_REG_DW_EDMA_UNROLL, 1, 0);
	fake_find(fake, 0)->size = 0;
}

static void no_features(struct ep_dma_fake *fake)
{
	fake->ops.get_features = NULL;
}

static void descs_in_large_steps(struct ep_dma_fake *fake)
{
	regs_in_large_steps(fake);
	native_format(fake);
	fake->aux[1].bar = BAR_4;
}

static void descs_not_aligned(struct ep_dma_fake *fake)
{
	int i;

	for (i = 0; i < fake->count; i++) {
		fake->aux[i].u.dma_desc.dma_addr += 0x800;
		fake->aux[i].u.dma_desc.block_addr += 0x800;
	}
}

static void write_desc_between(struct ep_dma_fake *fake)
{
	/* The first one of a channel that stays */
	fake->aux[2].u.dma_desc.dma_addr = RD_BLOCK + SZ_4K;
}

static void no_delegation(struct ep_dma_fake *fake)
{
	fake->ops.delegate_dma_channels = NULL;
}

/* For the header; the registers are in a BAR and need no mapping */
static void no_memory_in_reach(struct ep_dma_fake *fake)
{
	fake->aux[1].bar = BAR_4;
	fake->epc.dev.parent->coherent_dma_mask = SZ_4K - 1;
}

static void channel_in_use(struct ep_dma_fake *fake)
{
	fake->dma_ret = -EBUSY;
}

static const struct refusal refusals[] = {
	{ "no resources", no_resources, 0, -ENODEV },
	{ "count fails", count_fails, 0, -EOPNOTSUPP },
	{ "get fails", get_fails, 0, -ENOSPC },
	{ "no registers", no_regs, 0, -ENODEV },
	{ "no channels", no_channels, 0, -ENODEV },
	{ "more channels than a slice can have", nine_channels, 0, -ENODEV },
	{ "gap in the channels", gap_in_channels, 0, -ENODEV },
	{ "channel number out of range", far_channel, 0, -ENODEV },
	{ "channel number twice", channel_twice, 0, -ENODEV },
	{ "too many wanted", native_format, 5, -EINVAL },
	{ "not all of those that share", NULL, 3, -EINVAL },
	{ "more than those that share", NULL, 5, -EINVAL },
	{ "unknown registers", unknown_format, 0, -EOPNOTSUPP },
	{ "registers end in the last page", few_regs, 0, -EOPNOTSUPP },
	{ "registers not aligned", regs_not_aligned, 0, -EOPNOTSUPP },
	{ "registers with neighbours", regs_in_large_steps, 0, -EOPNOTSUPP },
	{ "registers in a BAR too few", few_exposed_regs, 0, -EOPNOTSUPP },
	{ "registers in a BAR too many for the header", long_exposed_regs, 0, -EOPNOTSUPP },
	{ "registers too far behind for the header", far_exposed_regs, 0, -EOPNOTSUPP },
	{ "descriptors of no size", descs_empty, 0, -EOPNOTSUPP },
	{ "no features", no_features, 0, -EOPNOTSUPP },
	{ "no memory in reach", no_memory_in_reach, 0, -ENOMEM },
	{ "descriptors with neighbours", descs_in_large_steps, 2, -EOPNOTSUPP },
	{ "descriptors not aligned", descs_not_aligned, 0, -EOPNOTSUPP },
	{ "descriptors of others in between", write_desc_between, 0, -EOPNOTSUPP },
	{ "no delegation", no_delegation, 0, -EOPNOTSUPP },
	{ "channel in use", channel_in_use, 0, -EBUSY },
};

KUNIT_ARRAY_PARAM_DESC(refusal, refusals, name);

static void ep_dma_refused(struct kunit *test)
{
	const struct refusal *r = test->param_value;
	struct ep_dma_fake *fake = test->priv;

	if (r->bend)
		r->bend(fake);

	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(pci_ep_dma_create(&fake->epf, r->num_chans)),
			r->ret);
	KUNIT_EXPECT_EQ(test, fake->delegated, 0);
}

static struct kunit_case ep_dma_refuse_cases[] = {
	KUNIT_CASE_PARAM(ep_dma_refused, refusal_gen_params),
	{ }
};

static struct kunit_suite ep_dma_refuse_suite = {
	.name = "pci_ep_dma_refuse",
	.init = ep_dma_fake_init,
	.test_cases = ep_dma_refuse_cases,
};

kunit_test_suite(ep_dma_refuse_suite);
