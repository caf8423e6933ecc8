// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for DMA channels that the host drives
 *
 * A fake controller has a list of auxiliary resources, which each test bends as
 * it likes. Invariant: what a slice shows to the host is the registers of the
 * engine and the descriptors of the channels that are lent, and not a byte of
 * anything else, and the header says exactly that.
 */

#include <linux/io.h>
#include <linux/pci-ep-dma.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "pci_ep_dma_fake.h"

static struct pci_ep_dma *created(struct kunit *test, unsigned int num_chans)
{
	struct ep_dma_fake *fake = test->priv;
	struct pci_ep_dma *dma = pci_ep_dma_create(&fake->epf, num_chans);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dma);
	return dma;
}

static void *header(struct pci_ep_dma *dma)
{
	const struct pci_epf_bar_submap *regions;

	pci_ep_dma_regions(dma, &regions);
	return phys_to_virt(regions[0].phys_addr);
}

static u32 word(const void *hdr, unsigned int offset)
{
	return le32_to_cpu(*(__le32 *)(hdr + offset));
}

/* Header, registers, descriptors; no more of the registers than is whole pages */
static void ep_dma_regions(struct kunit *test)
{
	struct pci_ep_dma *dma = created(test, 0);
	const struct pci_epf_bar_submap *regions;
	struct ep_dma_fake *fake = test->priv;

	KUNIT_EXPECT_EQ(test, fake->delegated, 0xf);
	KUNIT_EXPECT_EQ(test, pci_ep_dma_chan_mask(dma), 0xf);
	KUNIT_EXPECT_EQ(test, pci_ep_dma_num_irqs(dma), 4);
	KUNIT_EXPECT_EQ(test, pci_ep_dma_size(dma), 0x6000);
	KUNIT_ASSERT_EQ(test, pci_ep_dma_regions(dma, &regions), 3);
	KUNIT_EXPECT_EQ(test, regions[0].size, SZ_4K);
	KUNIT_EXPECT_EQ(test, regions[1].phys_addr, REGS);
	KUNIT_EXPECT_EQ(test, regions[1].size, SZ_4K);
	KUNIT_EXPECT_EQ(test, regions[2].phys_addr, RD_BLOCK);
	KUNIT_EXPECT_EQ(test, regions[2].size, SZ_16K);
	pci_ep_dma_destroy(dma);
	KUNIT_EXPECT_EQ(test, fake->delegated, 0);
	pci_ep_dma_destroy(NULL);
}

/* Every word of the header, by its offset: others read it, too */
static void ep_dma_header(struct kunit *test)
{
	struct pci_ep_dma *dma = created(test, 0);
	void *hdr = header(dma);
	unsigned int i;

	KUNIT_EXPECT_NULL(test, memchr_inv(hdr, 0, SZ_4K));
	memset(hdr, 0xa5, SZ_4K);
	pci_ep_dma_publish(dma, BAR_2, 0xf9000);

	KUNIT_EXPECT_EQ(test, word(hdr, 0x00), 0x4d445045);
	KUNIT_EXPECT_EQ(test, word(hdr, 0x04), 1);
	KUNIT_EXPECT_EQ(test, word(hdr, 0x08), 0x140);
	KUNIT_EXPECT_EQ(test, word(hdr, 0x0c), 0x6000);
	KUNIT_EXPECT_EQ(test, word(hdr, 0x10), 1);
	KUNIT_EXPECT_EQ(test, word(hdr, 0x14), 2);
	KUNIT_EXPECT_EQ(test, word(hdr, 0x18), 0xfa000);
	KUNIT_EXPECT_EQ(test, word(hdr, 0x1c), 0x1000);
	KUNIT_EXPECT_EQ(test, word(hdr, 0x20), 4);
	KUNIT_EXPECT_EQ(test, word(hdr, 0x24), 4);
	KUNIT_EXPECT_NULL(test, memchr_inv(hdr + 0x28, 0, 0x18));
	for (i = 0; i < 4; i++) {
		void *chan = hdr + 0x40 + i * 0x20;

		KUNIT_EXPECT_EQ(test, word(chan, 0x00), 1);
		KUNIT_EXPECT_EQ(test, word(chan, 0x04), i);
		KUNIT_EXPECT_EQ(test, word(chan, 0x08), 2);
		KUNIT_EXPECT_EQ(test, word(chan, 0x0c), 0xfb000 + i * 0x1000);
		KUNIT_EXPECT_EQ(test, word(chan, 0x10), 0x1000);
		KUNIT_EXPECT_EQ(test, word(chan, 0x14), 0);
		KUNIT_EXPECT_EQ(test, word(chan, 0x18), lower_32_bits(RD_BLOCK) + i * 0x1000);
		KUNIT_EXPECT_EQ(test, word(chan, 0x1c), upper_32_bits(RD_BLOCK));
	}
	KUNIT_EXPECT_NULL(test, memchr_inv(hdr + 0xc0, 0, SZ_4K - 0xc0));
	pci_ep_dma_destroy(dma);
}

/* 64 KiB steps, registers in a BAR anyway, and more than 16 bits of size */
static void ep_dma_exposed(struct kunit *test)
{
	const struct pci_epf_bar_submap *regions;
	struct ep_dma_fake *fake = test->priv;
	struct pci_ep_dma *dma;
	void *hdr;

	fake->features.align = SZ_64K;
	ep_dma_fake_fill(fake, PCI_EPC_DMA_REG_DW_HDMA_COMPAT, 8, SZ_64K);
	fake->aux[1].bar = BAR_4;
	fake->aux[1].bar_offset = 0x100;
	fake->aux[1].size = 0x1200;

	dma = created(test, 8);
	KUNIT_ASSERT_EQ(test, pci_ep_dma_regions(dma, &regions), 2);
	KUNIT_EXPECT_EQ(test, regions[0].size, SZ_64K);
	KUNIT_EXPECT_TRUE(test, IS_ALIGNED(regions[0].phys_addr, SZ_64K));
	KUNIT_EXPECT_EQ(test, regions[1].phys_addr, RD_BLOCK);
	KUNIT_EXPECT_EQ(test, regions[1].size, SZ_64K);

	hdr = header(dma);
	pci_ep_dma_publish(dma, BAR_1, 0);
	KUNIT_EXPECT_EQ(test, word(hdr, 0x0c), SZ_128K);
	KUNIT_EXPECT_EQ(test, word(hdr, 0x10), 2);
	KUNIT_EXPECT_EQ(test, word(hdr, 0x14), 4);
	KUNIT_EXPECT_EQ(test, word(hdr, 0x18), 0x100);
	KUNIT_EXPECT_EQ(test, word(hdr, 0x1c), 0x1200);
	KUNIT_EXPECT_EQ(test, word(hdr, 0x40 + 7 * 0x20 + 0x0c), SZ_64K + 0x7000);
	pci_ep_dma_destroy(dma);
}

/* Independent channels can be lent one by one, as far as pages keep them apart */
static void ep_dma_subset(struct kunit *test)
{
	const struct pci_epf_bar_submap *regions;
	struct ep_dma_fake *fake = test->priv;
	struct pci_ep_dma *dma;

	ep_dma_fake_fill(fake, PCI_EPC_DMA_REG_DW_HDMA_NATIVE, 4, SZ_16K);
	dma = created(test, 3);
	KUNIT_EXPECT_EQ(test, fake->delegated, 0x7);
	KUNIT_ASSERT_EQ(test, pci_ep_dma_regions(dma, &regions), 3);
	KUNIT_EXPECT_EQ(test, regions[2].phys_addr, RD_BLOCK);
	KUNIT_EXPECT_EQ(test, regions[2].size, 3 * SZ_4K);
	pci_ep_dma_destroy(dma);

	/* More than a slice has room for, one of them with a number of its own */
	ep_dma_fake_fill(fake, PCI_EPC_DMA_REG_DW_HDMA_NATIVE, 10, SZ_64K);
	fake->aux[1].size = SZ_8K;
	fake->aux[12].u.dma_desc.hw_ch = 64;
	dma = created(test, 0);
	KUNIT_EXPECT_EQ(test, fake->delegated, 0xff);
	KUNIT_ASSERT_EQ(test, pci_ep_dma_regions(dma, &regions), 3);
	KUNIT_EXPECT_EQ(test, regions[2].size, 8 * SZ_4K);
	pci_ep_dma_destroy(dma);
}

/* What of their block can be shown with the descriptors of all channels */
static void ep_dma_block(struct kunit *test)
{
	const struct pci_epf_bar_submap *regions;
	struct ep_dma_fake *fake = test->priv;
	static const struct {
		u64 addr;
		size_t size;
		u64 shown;
		size_t shown_size;
	} blocks[] = {
		/* More than them: all of it */
		{ RD_BLOCK, SZ_64K, RD_BLOCK, SZ_64K },
		{ RD_BLOCK - SZ_4K, SZ_16K + SZ_4K, RD_BLOCK - SZ_4K, SZ_16K + SZ_4K },
		/* They are not in there: no more than them */
		{ RD_BLOCK, SZ_8K, RD_BLOCK, SZ_16K },
		{ RD_BLOCK + SZ_4K, SZ_16K, RD_BLOCK, SZ_16K },
	};
	struct pci_ep_dma *dma;
	unsigned int i, j;

	/* What only looks like descriptors is none, and neighbours may be next to them */
	fake->aux[0].size = SZ_4K;
	fake->aux[0].u.dma_desc.dma_addr = RD_BLOCK;
	fake->aux[2].u.dma_desc.dma_addr = RD_BLOCK - SZ_8K;

	for (i = 0; i < ARRAY_SIZE(blocks); i++) {
		for (j = 6; j < 10; j++) {
			fake->aux[j].u.dma_desc.block_addr = blocks[i].addr;
			fake->aux[j].u.dma_desc.block_size = blocks[i].size;
		}
		dma = created(test, 0);
		KUNIT_ASSERT_EQ(test, pci_ep_dma_regions(dma, &regions), 3);
		KUNIT_EXPECT_EQ(test, regions[2].phys_addr, blocks[i].shown);
		KUNIT_EXPECT_EQ(test, regions[2].size, blocks[i].shown_size);
		pci_ep_dma_destroy(dma);
	}

	fake->aux[2].u.dma_desc.dma_addr = RD_BLOCK - SZ_4K;
	dma = created(test, 0);
	pci_ep_dma_destroy(dma);
}

/* The header has 32 bits for where registers are, and uses them all */
static void ep_dma_exposed_limits(struct kunit *test)
{
	struct ep_dma_fake *fake = test->priv;

	fake->aux[1].bar = BAR_4;
	fake->aux[1].size = U32_MAX;
	fake->aux[1].bar_offset = U32_MAX;
	pci_ep_dma_destroy(created(test, 0));
}

/* The host's channels can be stopped, and the answer is passed on */
static void ep_dma_stop(struct kunit *test)
{
	struct pci_ep_dma *dma = created(test, 0);
	struct ep_dma_fake *fake = test->priv;

	KUNIT_EXPECT_EQ(test, pci_ep_dma_quiesce(dma), 0);
	fake->dma_ret = -ETIMEDOUT;
	KUNIT_EXPECT_EQ(test, pci_ep_dma_quiesce(dma), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, fake->nr_quiesce, 2);
	/* Nothing more can be done about it */
	pci_ep_dma_destroy(dma);
	KUNIT_EXPECT_EQ(test, fake->delegated, 0xf);
}

static struct kunit_case ep_dma_cases[] = {
	KUNIT_CASE(ep_dma_regions),
	KUNIT_CASE(ep_dma_header),
	KUNIT_CASE(ep_dma_exposed),
	KUNIT_CASE(ep_dma_exposed_limits),
	KUNIT_CASE(ep_dma_subset),
	KUNIT_CASE(ep_dma_block),
	KUNIT_CASE(ep_dma_stop),
	{ }
};

static struct kunit_suite ep_dma_suite = {
	.name = "pci_ep_dma",
	.init = ep_dma_fake_init,
	.test_cases = ep_dma_cases,
};

kunit_test_suite(ep_dma_suite);

MODULE_DESCRIPTION("KUnit tests for DMA channels of an endpoint that the host drives");
MODULE_LICENSE("GPL");
