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
	fake_epc_command(fake, HOST_LINK_DOWN, 0);
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

/* Nor is one stopped only once because it cannot be shown again */
static void vntb_dma_cannot_show(struct kunit *test)
{
	struct fake_epc *fake = vntb_dma_bound(test, "2");

	fake_epc_command(fake, HOST_CONFIGURE_DOORBELL, 8);
	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	vntb_expect_live(fake, 1);
	fake->set_submap_ret = -EIO;
	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	KUNIT_EXPECT_EQ(test, 1, fake->nr_quiesce);
	KUNIT_EXPECT_STREQ(test, fake_epc_show_text(fake, "dma_status"), "live read 0-3\n");

	fake->set_submap_ret = 0;
	fake_epc_command(fake, HOST_LINK_DOWN, 0);
	KUNIT_EXPECT_EQ(test, 2, fake->nr_quiesce);
	vntb_expect_hidden(fake, "armed read 0-3\n");
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
	KUNIT_EXPECT_EQ(test, 2, fake->quiesce_num_submap);
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
	vntb_expect_hidden(fake, "armed read 0-3\n");
	KUNIT_EXPECT_EQ(test, fake->delegated[PCI_EPC_DMA_READ], 0xf);
}

/* A reset of the controller takes the channels back, we ask for them again */
static void vntb_dma_reset(struct kunit *test)
{
	struct fake_epc *fake = vntb_dma_bound(test, "2");

	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	pci_epc_deinit_notify(fake->epc);
	vntb_expect_hidden(fake, "off\n");
	KUNIT_EXPECT_EQ(test, fake->delegated[PCI_EPC_DMA_READ], 0);
	KUNIT_EXPECT_EQ(test, 0, ntb_link_is_up(fake->ntb, NULL, NULL));

	/* Not in between */
	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	vntb_expect_hidden(fake, "off\n");

	fake->dma_ret = -EBUSY;
	pci_epc_init_notify(fake->epc);
	vntb_expect_hidden(fake, "off\n");
	fake->dma_ret = 0;
	pci_epc_init_notify(fake->epc);
	KUNIT_EXPECT_EQ(test, fake->delegated[PCI_EPC_DMA_READ], 0xf);
	fake->nr_delegate = 0;
	pci_epc_init_notify(fake->epc);
	KUNIT_EXPECT_EQ(test, 0, fake->nr_delegate);
	vntb_expect_hidden(fake, "armed read 0-3\n");
	fake_epc_command(fake, HOST_LINK_UP, DMA_V1);
	vntb_expect_live(fake, 1);

	/* An engine for which the place in the BAR was not made */
	pci_epc_deinit_notify(fake->epc);
	fake->dma_regs_bar = BAR_5;
	pci_epc_init_notify(fake->epc);
	vntb_expect_hidden(fake, "off\n");
	KUNIT_EXPECT_EQ(test, fake->delegated[PCI_EPC_DMA_READ], 0);
	fake_epc_unbind(fake);
	pci_epc_init_notify(fake->epc);
}

static struct kunit_case vntb_dma_events_cases[] = {
	KUNIT_CASE(vntb_dma_host_returns),
	KUNIT_CASE(vntb_dma_cannot_hide),
	KUNIT_CASE(vntb_dma_cannot_show),
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
