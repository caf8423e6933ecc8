// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of pci-epf-vntb: ends of the link that no host commands
 *
 * Invariant: a host that comes back, a link that is lost, a user who stops the
 * controller and a reset of it all end like LINK_DOWN: the slice is hidden and
 * the channels are stopped. Afterwards both sides can start again, without
 * anybody's help.
 */

#include <linux/pci-epf-vntb-abi.h>

#include "vntb_fake_epc.h"

#define MW_BAR		2	/* of the first window, when nothing is configured */
#define MW_SIZE		VNTB_DMA_MW_SIZE
#define DMA_V1		VNTB_LINK_UP_ARG_DMA_V1

/* Hosts do not always say good-bye */
static void vntb_dma_host_returns(struct kunit *test)
{
	struct fake_epc *fake = vntb_dma_bound(test, "2");

	fake_epc_command(fake, HOST_CONFIGURE_DOORBELL, 8);
	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	vntb_expect_live(fake, 1);
	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	vntb_expect_live(fake, 1);

	/* Another boot of it ... */
	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_CONFIGURE_DOORBELL, 8));
	vntb_expect_hidden(fake, "armed read 0-3\n");
	KUNIT_EXPECT_EQ(test, 0, ntb_link_is_up(fake->ntb, NULL, NULL));
	KUNIT_EXPECT_GT(test, fake->nr_quiesce, 0);
	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	vntb_expect_live(fake, 1);

	/* ... and one of an older kernel, in which nobody took the link down */
	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_UP, 0));
	vntb_expect_hidden(fake, "armed read 0-3\n");
	KUNIT_EXPECT_EQ(test, 1, ntb_link_is_up(fake->ntb, NULL, NULL));
}

/* Even if nothing can be put in the place of the slice, the channels are stopped */
static void vntb_dma_cannot_hide(struct kunit *test)
{
	struct fake_epc *fake = vntb_dma_bound(test, "2");

	fake_epc_command(fake, HOST_CONFIGURE_DOORBELL, 8);
	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	vntb_expect_live(fake, 1);
	fake->set_bar_ret = -EIO;
	fake->set_submap_ret = -EIO;
	KUNIT_EXPECT_EQ(test, HOST_STATUS_ERROR, fake_epc_command(fake, HOST_LINK_DOWN, 0));
	KUNIT_EXPECT_EQ(test, 1, fake->nr_quiesce);
	KUNIT_EXPECT_EQ(test, 0, ntb_link_is_up(fake->ntb, NULL, NULL));
	KUNIT_EXPECT_STREQ(test, fake_epc_show_text(fake, "dma_status"), "live read 0-3\n");

	/* The host may have started them since */
	fake_epc_command(fake, HOST_LINK_DOWN, 0);
	KUNIT_EXPECT_EQ(test, 2, fake->nr_quiesce);
	fake->set_bar_ret = 0;
	fake->set_submap_ret = 0;
	fake_epc_command(fake, HOST_LINK_DOWN, 0);
	KUNIT_EXPECT_EQ(test, 3, fake->nr_quiesce);
	vntb_expect_hidden(fake, "armed read 0-3\n");
	fake_epc_command(fake, HOST_LINK_DOWN, 0);
	KUNIT_EXPECT_EQ(test, 3, fake->nr_quiesce);
	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	vntb_expect_live(fake, 1);
	fake_epc_command(fake, HOST_LINK_DOWN, 0);
	vntb_expect_hidden(fake, "armed read 0-3\n");
}

/* A host that says twice that the link is up has transfers running */
static void vntb_dma_up_twice(struct kunit *test)
{
	struct fake_epc *fake = vntb_dma_bound(test, "2");
	struct pci_ep_dma_hdr *hdr;

	fake_epc_command(fake, HOST_CONFIGURE_DOORBELL, 8);
	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	hdr = vntb_expect_live(fake, 1);
	memset(hdr, 0x5a, SZ_64);
	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_UP, DMA_V1));
	KUNIT_EXPECT_EQ(test, 0, fake->nr_quiesce);
	KUNIT_EXPECT_EQ(test, *(u8 *)hdr, 0x5a);
	vntb_expect_live(fake, 1);

	/* The slice could not be hidden: what comes is the next one's */
	fake->set_bar_ret = -EIO;
	KUNIT_EXPECT_EQ(test, HOST_STATUS_ERROR, fake_epc_command(fake, HOST_LINK_DOWN, 0));
	fake->set_bar_ret = 0;
	KUNIT_EXPECT_EQ(test, 1, fake->nr_quiesce);
	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_UP, DMA_V1));
	KUNIT_EXPECT_EQ(test, 2, fake->nr_quiesce);
	KUNIT_EXPECT_NE(test, *(u8 *)hdr, 0x5a);
	vntb_expect_live(fake, 1);
}

/* What the controller shows anyway can be started at any time, so it is stopped each time */
static void vntb_dma_exposed(struct kunit *test)
{
	struct fake_epc *fake = vntb_dma_created(test, "2");

	fake->dma_regs_bar = BAR_4;
	fake_epc_store(fake, "mw1_bar", "2");
	fake_epc_store(fake, "num_mws", "1");
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	fake_epc_command(fake, HOST_CONFIGURE_DOORBELL, 8);
	KUNIT_EXPECT_EQ(test, 1, fake->nr_quiesce);
	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	KUNIT_EXPECT_EQ(test, 2, fake->nr_quiesce);
	fake_epc_command(fake, HOST_LINK_DOWN, 0);
	KUNIT_EXPECT_EQ(test, 3, fake->nr_quiesce);
	/* Started behind our back */
	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	KUNIT_EXPECT_EQ(test, 4, fake->nr_quiesce);
}

/* The host hears of it, then nothing is left */
static void vntb_dma_unbind(struct kunit *test)
{
	struct fake_epc *fake = vntb_dma_bound(test, "2");

	fake_epc_command(fake, HOST_CONFIGURE_DOORBELL, 8);
	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	KUNIT_EXPECT_EQ(test, 0, fake->nr_link_irqs);
	fake_epc_unbind(fake);
	KUNIT_EXPECT_EQ(test, 1, fake->nr_link_irqs);
	/* It believes then that they have stopped */
	KUNIT_EXPECT_TRUE(test, fake->link_irq_stopped);
	KUNIT_EXPECT_EQ(test, 2, fake->link_irq_submaps);
	KUNIT_EXPECT_EQ(test, fake->delegated[PCI_EPC_DMA_READ], 0);
	KUNIT_EXPECT_FALSE(test, fake->bar[MW_BAR].set);
	KUNIT_EXPECT_STREQ(test, fake_epc_show_text(fake, "dma_status"), "off\n");

	/* And all of it once more */
	KUNIT_ASSERT_EQ(test, 0, fake_epc_bind(fake));
	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	vntb_expect_live(fake, 1);
}

/* The link goes, and with it what the host had */
static void vntb_dma_link_lost(struct kunit *test)
{
	struct fake_epc *fake = vntb_dma_bound(test, "2");
	unsigned int i;

	fake_epc_command(fake, HOST_CONFIGURE_DOORBELL, 8);
	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x80000, MW_SIZE));
	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		fake->bar[i].sets = 0;

	pci_epc_linkdown(fake->epc);
	vntb_expect_hidden(fake, "armed read 0-3\n");
	KUNIT_EXPECT_EQ(test, 0, ntb_link_is_up(fake->ntb, NULL, NULL));
	KUNIT_EXPECT_GT(test, fake->nr_quiesce, 0);
	/* Nobody there to hear it */
	KUNIT_EXPECT_EQ(test, 0, fake->nr_link_irqs);
	/* What a reset took is there again: control, doorbells, windows */
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_GT_MSG(test, fake->bar[i].sets, 0, "BAR%u", i);
	KUNIT_EXPECT_EQ(test, fake->bar[MW_BAR].cfg.submap[0].phys_addr, 0x80000);

	/* Both come back */
	pci_epc_linkup(fake->epc);
	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_CONFIGURE_DOORBELL, 8));
	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_UP, DMA_V1));
	vntb_expect_live(fake, 1);

	fake_epc_unbind(fake);
	pci_epc_linkdown(fake->epc);
}

/* The user stops the controller: the last chance to tell the host */
static void vntb_dma_stop(struct kunit *test)
{
	struct fake_epc *fake = vntb_dma_bound(test, "2");

	fake_epc_command(fake, HOST_CONFIGURE_DOORBELL, 8);
	pci_epc_stop(fake->epc);
	KUNIT_EXPECT_EQ(test, 1, fake->nr_stops);
	KUNIT_EXPECT_EQ(test, 0, fake->nr_link_irqs);

	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	pci_epc_stop(fake->epc);
	KUNIT_EXPECT_EQ(test, 2, fake->nr_stops);
	KUNIT_EXPECT_EQ(test, 1, fake->nr_link_irqs);
	KUNIT_EXPECT_EQ(test, 1, fake->stop_link_irqs);
	KUNIT_EXPECT_TRUE(test, fake->link_irq_stopped);
	KUNIT_EXPECT_EQ(test, 2, fake->link_irq_submaps);
	vntb_expect_hidden(fake, "armed read 0-3\n");
	KUNIT_EXPECT_EQ(test, fake->delegated[PCI_EPC_DMA_READ], 0xf);
}

/* A reset of the controller takes the channels back, we ask for them again */
static void vntb_dma_reset(struct kunit *test)
{
	struct fake_epc *fake = vntb_dma_bound(test, "2");

	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	KUNIT_EXPECT_EQ(test, 0, ntb_mw_set_trans(fake->ntb, 0, 0, 0x80000, MW_SIZE));
	fake_epc_reset(fake);
	vntb_expect_hidden(fake, "off\n");
	KUNIT_EXPECT_GT(test, fake->nr_quiesce, 0);
	KUNIT_EXPECT_EQ(test, 0, ntb_link_is_up(fake->ntb, NULL, NULL));

	/* Channels that cannot be had this time are the next: the NTB works without */
	fake->dma_ret = -EBUSY;
	fake_epc_revive(fake);
	vntb_expect_hidden(fake, "off\n");
	KUNIT_EXPECT_EQ(test, HOST_STATUS_OK, fake_epc_command(fake, HOST_LINK_UP, DMA_V1));
	vntb_expect_hidden(fake, "off\n");
	KUNIT_EXPECT_EQ(test, fake->bar[MW_BAR].cfg.submap[0].phys_addr, 0x80000);
	fake->dma_ret = 0;
	fake_epc_reset(fake);
	fake_epc_revive(fake);
	KUNIT_EXPECT_EQ(test, fake->delegated[PCI_EPC_DMA_READ], 0xf);
	KUNIT_EXPECT_EQ(test, fake->nr_msi, 8 + 4);
	KUNIT_EXPECT_EQ(test, fake->nr_msix, 8 + 4);
	fake->nr_delegate = 0;
	pci_epc_init_notify(fake->epc);
	KUNIT_EXPECT_EQ(test, 0, fake->nr_delegate);
	vntb_expect_hidden(fake, "armed read 0-3\n");
	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	vntb_expect_live(fake, 1);

	/* An engine for which the place in the BAR was not made */
	fake_epc_reset(fake);
	fake->dma_regs_bar = BAR_5;
	fake_epc_revive(fake);
	vntb_expect_hidden(fake, "off\n");
	KUNIT_EXPECT_EQ(test, fake->delegated[PCI_EPC_DMA_READ], 0);
	fake_epc_unbind(fake);
	pci_epc_init_notify(fake->epc);

	/* Nobody knows what the engine needs while it is in reset */
	fake->dma_regs_bar = NO_BAR;
	fake_epc_reset(fake);
	KUNIT_EXPECT_EQ(test, -EAGAIN, fake_epc_bind(fake));
	fake_epc_revive(fake);
	KUNIT_EXPECT_EQ(test, 0, fake_epc_bind(fake));
	vntb_expect_hidden(fake, "armed read 0-3\n");
}

static struct kunit_case vntb_dma_events_cases[] = {
	KUNIT_CASE(vntb_dma_host_returns),
	KUNIT_CASE(vntb_dma_cannot_hide),
	KUNIT_CASE(vntb_dma_up_twice),
	KUNIT_CASE(vntb_dma_exposed),
	KUNIT_CASE(vntb_dma_unbind),
	KUNIT_CASE(vntb_dma_link_lost),
	KUNIT_CASE(vntb_dma_stop),
	KUNIT_CASE(vntb_dma_reset),
	{}
};

static struct kunit_suite vntb_dma_events_suite = {
	.name		= "pci_epf_vntb_dma_events",
	.test_cases	= vntb_dma_events_cases,
};

kunit_test_suite(vntb_dma_events_suite);
