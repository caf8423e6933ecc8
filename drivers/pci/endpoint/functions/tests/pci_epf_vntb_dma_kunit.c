// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of pci-epf-vntb: DMA channels for the host
 *
 * Invariant: the host sees the slice between a LINK_UP that says it knows what
 * that is and whatever ends the link, and never else; the channels are stopped
 * whenever it ends, after the host lost sight of them; and memory windows are as
 * they were throughout.
 */

#include <linux/io.h>
#include <linux/pci-ep-dma-abi.h>
#include <linux/pci-epf-vntb-abi.h>
#include <linux/sizes.h>

#include "vntb_fake_epc.h"

#define MW_BAR		2	/* of the first window, when nothing is configured */
#define OWN_BAR		4
#define MW_SIZE		VNTB_DMA_MW_SIZE
#define SLICE_SIZE	0x6000
#define DMA_V1		VNTB_LINK_UP_ARG_DMA_V1

/* Nothing is exported that was not asked for */
static void vntb_dma_off(struct kunit *test)
{
	struct fake_epc *fake = vntb_dma_created(test, "-1");

	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	KUNIT_EXPECT_EQ(test, fake->delegated[PCI_EPC_DMA_READ], 0);
	KUNIT_EXPECT_STREQ(test, fake_epc_show_text(fake, "dma_status"), "off\n");
	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_UP, DMA_V1));
	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_DOWN, 0));
	KUNIT_EXPECT_EQ(test, 0, fake->nr_quiesce);

	/* Nor after a reset of the controller */
	pci_epc_deinit_notify(fake->epc);
	pci_epc_init_notify(fake->epc);
	KUNIT_EXPECT_EQ(test, 0, fake->nr_delegate);
}

/* The control block says where the slice is, whether it can be seen or not */
static void vntb_dma_locator(struct kunit *test)
{
	struct fake_epc *fake = vntb_dma_bound(test, "2");
	struct vntb_ctrl_ext *ext = fake_epc_ctrl(fake) + VNTB_CTRL_EXT_OFFSET;

	KUNIT_EXPECT_EQ(test, le32_to_cpu(ext->dma_abi), VNTB_DMA_ABI_V1);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(ext->dma_bar), MW_BAR);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(ext->dma_offset), MW_SIZE);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(ext->dma_size), SLICE_SIZE);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(ext->dma_num_chans), 4);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(ext->mw[0].size_lo), MW_SIZE);

	/* Vectors of the channels come behind the doorbells */
	KUNIT_EXPECT_EQ(test, fake->nr_msi, 8 + 4);
	KUNIT_EXPECT_EQ(test, fake->nr_msix, 8 + 4);
}

/* ... also if there is nothing else to say */
static void vntb_dma_locator_only(struct kunit *test)
{
	struct fake_epc *fake = vntb_dma_created(test, "4");
	struct vntb_ctrl_ext *ext;

	fake_epc_store(fake, "mw1", "0x10000");
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	KUNIT_EXPECT_EQ(test, 1, le32_to_cpu(*(__le32 *)(fake_epc_ctrl(fake) + VNTB_CTRL_VERSION)));
	ext = fake_epc_ctrl(fake) + VNTB_CTRL_EXT_OFFSET;
	KUNIT_EXPECT_EQ(test, le32_to_cpu(ext->dma_abi), VNTB_DMA_ABI_V1);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(ext->dma_bar), OWN_BAR);
}

/* In one BAR with the window, from link up to link down */
static void vntb_dma_shared(struct kunit *test)
{
	struct fake_epc *fake = vntb_dma_bound(test, "2");
	struct pci_epf_bar *cfg = &fake->bar[MW_BAR].cfg;
	struct pci_ep_dma_hdr *hdr;

	KUNIT_EXPECT_EQ(test, 0x20000, cfg->size);
	KUNIT_EXPECT_EQ(test, fake->delegated[PCI_EPC_DMA_READ], 0xf);
	KUNIT_EXPECT_EQ(test, fake->delegated[PCI_EPC_DMA_WRITE], 0);
	vntb_expect_hidden(fake, "armed read 0-3\n");

	/* Not for a host of old, whose link works */
	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_UP, 0));
	KUNIT_EXPECT_EQ(test, 1, ntb_link_is_up(fake->ntb, NULL, NULL));
	vntb_expect_hidden(fake, "armed read 0-3\n");
	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_DOWN, 0));

	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_UP, DMA_V1));
	hdr = vntb_expect_live(fake, 1);
	KUNIT_EXPECT_EQ(test, cfg->num_submap, 5);
	KUNIT_EXPECT_EQ(test, cfg->submap[4].size, SZ_4K);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(hdr->magic), PCI_EP_DMA_MAGIC);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(hdr->total_size), SLICE_SIZE);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(hdr->reg_bar), MW_BAR);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(hdr->reg_offset), MW_SIZE + SZ_4K);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(hdr->chans[3].desc_offset), MW_SIZE + 0x5000);

	/* What the host writes into the header is gone the next time */
	memset(hdr, 0xff, SZ_4K);
	KUNIT_EXPECT_EQ(test, 0, fake->nr_quiesce);
	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_DOWN, 0));
	KUNIT_EXPECT_EQ(test, 0, ntb_link_is_up(fake->ntb, NULL, NULL));
	vntb_expect_hidden(fake, "armed read 0-3\n");
	KUNIT_EXPECT_EQ(test, 1, fake->nr_quiesce);
	KUNIT_EXPECT_EQ(test, 2, fake->quiesce_num_submap);

	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_UP, DMA_V1));
	hdr = vntb_expect_live(fake, 1);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(hdr->magic), PCI_EP_DMA_MAGIC);
	KUNIT_EXPECT_NULL(test, memchr_inv(hdr + 1, 0, SZ_4K - sizeof(*hdr)));
}

/* A window that moves leaves the slice where it is, and the other way round */
static void vntb_dma_and_window(struct kunit *test)
{
	struct fake_epc *fake = vntb_dma_bound(test, "2");
	struct pci_epf_bar *cfg = &fake->bar[MW_BAR].cfg;

	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x43000, SZ_8K));
	vntb_expect_live(fake, 2);
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x80000, MW_SIZE));
	vntb_expect_live(fake, 1);
	KUNIT_EXPECT_EQ(test, cfg->submap[0].phys_addr, 0x80000);

	fake_epc_command(fake, HOST_LINK_DOWN, 0);
	vntb_expect_hidden(fake, "armed read 0-3\n");
	KUNIT_EXPECT_EQ(test, cfg->submap[0].phys_addr, 0x80000);
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_clear_trans(fake->ntb, 0, 0));
	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	vntb_expect_live(fake, 1);
	KUNIT_EXPECT_TRUE(test, cfg->submap[0].no_backing);
}

/* A BAR of its own shows nothing while the link is down */
static void vntb_dma_own_bar(struct kunit *test)
{
	struct fake_epc *fake = vntb_dma_bound(test, "4");
	struct pci_epf_bar *cfg = &fake->bar[OWN_BAR].cfg;
	struct pci_ep_dma_hdr *hdr;

	KUNIT_EXPECT_EQ(test, SZ_32K, cfg->size);
	KUNIT_EXPECT_TRUE(test, cfg->no_backing);
	vntb_expect_hidden(fake, "armed read 0-3\n");

	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	hdr = vntb_expect_live(fake, 0);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(hdr->reg_bar), OWN_BAR);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(hdr->reg_offset), SZ_4K);
	KUNIT_EXPECT_TRUE(test, cfg->submap[3].no_backing);

	fake_epc_command(fake, HOST_LINK_DOWN, 0);
	KUNIT_EXPECT_TRUE(test, cfg->no_backing);
	KUNIT_EXPECT_EQ(test, 0, cfg->num_submap);
	vntb_expect_hidden(fake, "armed read 0-3\n");

	fake_epc_unbind(fake);
	KUNIT_EXPECT_FALSE(test, fake->bar[OWN_BAR].set);
	KUNIT_EXPECT_EQ(test, 0, fake->bad_calls);
}

/* Channels that do not stop are not shown to the next host */
static void vntb_dma_no_stop(struct kunit *test)
{
	struct fake_epc *fake = vntb_dma_bound(test, "2");

	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	fake->dma_ret = -ETIMEDOUT;
	KUNIT_EXPECT_EQ(test, HOST_STATUS_ERROR, fake_epc_command(fake, HOST_LINK_DOWN, 0));
	vntb_expect_hidden(fake, "armed read 0-3\n");

	/* The link comes up all the same */
	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_UP, DMA_V1));
	KUNIT_EXPECT_EQ(test, 1, ntb_link_is_up(fake->ntb, NULL, NULL));
	vntb_expect_hidden(fake, "armed read 0-3\n");

	fake->dma_ret = 0;
	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	vntb_expect_live(fake, 1);
}

/* When parts cannot be mapped the host does not see the slice, whatever else */
static void vntb_dma_no_map(struct kunit *test)
{
	struct fake_epc *fake = vntb_dma_bound(test, "2");
	struct pci_epf_bar *cfg = &fake->bar[MW_BAR].cfg;

	fake->set_submap_ret = -ENOMEM;
	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_UP, DMA_V1));
	vntb_expect_hidden(fake, "armed read 0-3\n");
	fake->set_submap_ret = 0;

	/* What is there already stays, also when the window moves later */
	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	vntb_expect_live(fake, 1);
	fake->set_submap_ret = -ENOMEM;
	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_UP, DMA_V1));
	fake->set_submap_ret = 0;
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x80000, MW_SIZE));
	vntb_expect_live(fake, 1);
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_clear_trans(fake->ntb, 0, 0));

	fake->set_submap_ret = -ENOMEM;
	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_DOWN, 0));
	KUNIT_EXPECT_TRUE(test, cfg->no_backing);
	vntb_expect_hidden(fake, "armed read 0-3\n");

	/* The window comes back with the next update */
	fake->set_submap_ret = 0;
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x80000, MW_SIZE));
	KUNIT_EXPECT_EQ(test, cfg->num_submap, 2);
}

static struct kunit_case vntb_dma_cases[] = {
	KUNIT_CASE(vntb_dma_off),
	KUNIT_CASE(vntb_dma_locator),
	KUNIT_CASE(vntb_dma_locator_only),
	KUNIT_CASE(vntb_dma_shared),
	KUNIT_CASE(vntb_dma_and_window),
	KUNIT_CASE(vntb_dma_own_bar),
	KUNIT_CASE(vntb_dma_no_stop),
	KUNIT_CASE(vntb_dma_no_map),
	{}
};

static struct kunit_suite vntb_dma_suite = {
	.name		= "pci_epf_vntb_dma",
	.test_cases	= vntb_dma_cases,
};

kunit_test_suite(vntb_dma_suite);
