// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of an instance that is removed while clients hold channels
 *
 * The invariant: after dw_edma_remove() nobody uses the chip, its registers and
 * its linked lists, every transfer has ended with an error, and what is left goes
 * with the last channel. The registers, lists and chip are filled with a pattern
 * when the provider has gone: a late access shows as a difference, and with KASAN
 * a late access to the instance shows as a report.
 */

#include <kunit/device.h>
#include <linux/device.h>
#include <linux/module.h>

#include "dw_edma_fake.h"

#define POISON	0x5a

/* The provider goes, and takes along all that it brought */
static void lifetime_remove(struct kunit *test, struct dw_edma_fake *fake)
{
	int lists = fake->chip.ll_wr_cnt + fake->chip.ll_rd_cnt;

	KUNIT_EXPECT_EQ(test, 0, dw_edma_remove(&fake->chip));
	KUNIT_EXPECT_NULL(test, fake->chip.dw);
	memset(fake->regs, POISON, sizeof(*fake->regs));
	memset(fake->ll, POISON, lists * FAKE_LL_SZ);
	memset(&fake->chip, POISON, sizeof(fake->chip));
	fake->chip.dw = NULL;
}

static void lifetime_untouched(struct kunit *test, struct dw_edma_fake *fake,
			       int lists)
{
	KUNIT_EXPECT_NULL(test, memchr_inv(fake->regs, POISON,
					   sizeof(*fake->regs)));
	KUNIT_EXPECT_NULL(test, memchr_inv(fake->ll, POISON,
					   lists * FAKE_LL_SZ));
	KUNIT_EXPECT_NULL(test, memchr_inv(&fake->chip, POISON,
					   offsetof(struct dw_edma_chip, dw)));
}

/* Running, issued and submitted transfers: all of them end, before it returns */
static void callbacks_test(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_probed(test, 0, 1, 1, 1);
	struct dma_chan *dchan = dw_edma_fake_get(fake, EDMA_DIR_READ, 0);
	struct dw_edma_fake_client c[3];
	int i;

	KUNIT_ASSERT_NOT_NULL(test, dchan);
	for (i = 0; i < 3; i++) {
		dw_edma_fake_submit(test, dchan, &c[i]);
		if (i < 2)
			dma_async_issue_pending(dchan);
	}
	*dw_edma_fake_control1(fake, EDMA_DIR_READ, 0) = FAKE_CS_RUNNING;

	lifetime_remove(test, fake);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, 1, c[i].calls);
		KUNIT_EXPECT_EQ(test, DMA_TRANS_ABORTED, c[i].result.result);
		KUNIT_EXPECT_EQ(test, 64, c[i].result.residue);
	}

	dma_release_channel(dchan);
	lifetime_untouched(test, fake, 2);
}

/* Whatever a client still does with a channel, it does without hardware */
static void late_calls_test(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_probed(test, 0, 1, 1, 1);
	struct dma_chan *dchan = dw_edma_fake_get(fake, EDMA_DIR_READ, 0);
	struct dma_async_tx_descriptor *tx;

	KUNIT_ASSERT_NOT_NULL(test, dchan);
	tx = dw_edma_fake_prep(dchan);
	KUNIT_ASSERT_NOT_NULL(test, tx);

	lifetime_remove(test, fake);

	/* Prepared before, submitted after */
	KUNIT_EXPECT_GT(test, dmaengine_submit(tx), 0);
	dma_async_issue_pending(dchan);

	KUNIT_EXPECT_NULL(test, dw_edma_fake_prep(dchan));
	dma_async_issue_pending(dchan);
	KUNIT_EXPECT_NE(test, 0, dmaengine_pause(dchan));
	KUNIT_EXPECT_NE(test, 0, dmaengine_resume(dchan));
	KUNIT_EXPECT_EQ(test, 0, dmaengine_terminate_sync(dchan));
	KUNIT_EXPECT_EQ(test, 0, strncmp(dma_chan_name(dchan), "dma", 3));

	dma_release_channel(dchan);
	lifetime_untouched(test, fake, 2);
}

/* A transfer that is issued too late ends like one that ran too long */
static void late_issue_test(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_probed(test, 0, 1, 1, 1);
	struct dma_chan *dchan = dw_edma_fake_get(fake, EDMA_DIR_READ, 0);
	struct dw_edma_fake_client first, second;
	struct dma_async_tx_descriptor *tx;

	KUNIT_ASSERT_NOT_NULL(test, dchan);
	dw_edma_fake_submit(test, dchan, &first);
	tx = dw_edma_fake_prep(dchan);
	KUNIT_ASSERT_NOT_NULL(test, tx);
	lifetime_remove(test, fake);

	memset(&second, 0, sizeof(second));
	init_completion(&second.done);
	tx->callback_result = dw_edma_fake_callback;
	tx->callback_param = &second;
	dmaengine_submit(tx);
	dma_async_issue_pending(dchan);
	KUNIT_EXPECT_TRUE(test, dw_edma_fake_called(&second));
	KUNIT_EXPECT_EQ(test, DMA_TRANS_ABORTED, second.result.result);

	dma_release_channel(dchan);
	lifetime_untouched(test, fake, 2);
}

/* Nobody else gets a channel of what has gone */
static void no_new_clients_test(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_probed(test, 0, 1, 1, 1);
	struct dma_chan *dchan = dw_edma_fake_get(fake, EDMA_DIR_READ, 0);
	struct dma_chan *other =
		&dw_edma_fake_chan(fake, EDMA_DIR_WRITE, 0)->vc.chan;

	KUNIT_ASSERT_NOT_NULL(test, dchan);
	lifetime_remove(test, fake);
	KUNIT_EXPECT_NULL(test, dma_get_slave_channel(other));
	dma_release_channel(dchan);
	lifetime_untouched(test, fake, 2);
}

/* A reserved channel can be released after its engine has gone */
static void reserved_test(struct kunit *test)
{
	struct dw_edma_fake *fake =
		dw_edma_fake_probed(test, DW_EDMA_CHIP_LOCAL, 1, 1, 1);
	struct dma_chan *dchan =
		dw_edma_reserve_channel(&fake->chip, EDMA_DIR_READ, 0);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dchan);
	lifetime_remove(test, fake);
	KUNIT_EXPECT_EQ(test, -ENODEV,
			dw_edma_set_irq_mode(dchan, DW_EDMA_CH_IRQ_REMOTE));
	KUNIT_EXPECT_EQ(test, 0, dw_edma_quiesce_channel(dchan));
	dw_edma_release_channel(dchan);
	lifetime_untouched(test, fake, 2);
}

static int lifetime_devres(struct device *dev)
{
	struct list_head *pos;
	int n = 0;

	guard(spinlock_irqsave)(&dev->devres_lock);
	list_for_each(pos, &dev->devres_head)
		n++;

	return n;
}

/* Instances come and go, their device stays, and nothing is left on it */
static void no_devres_test(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_create(test, 0, 2, 2, 1);
	int before = lifetime_devres(fake->dev), refs, i;

	refs = kref_read(&fake->dev->kobj.kref);
	for (i = 0; i < 100; i++) {
		KUNIT_ASSERT_EQ(test, 0, dw_edma_probe(&fake->chip));
		KUNIT_ASSERT_EQ(test, 0, dw_edma_remove(&fake->chip));
	}
	KUNIT_EXPECT_EQ(test, before, lifetime_devres(fake->dev));
	KUNIT_EXPECT_EQ(test, refs, kref_read(&fake->dev->kobj.kref));
}

/* The same for a probe that fails late */
static void failed_probe_test(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_create(test, 0, 1, 1, 1);
	int before = lifetime_devres(fake->dev), refs;

	refs = kref_read(&fake->dev->kobj.kref);
	fake->chip.ll_region_rd[0].sz = 0;
	KUNIT_EXPECT_EQ(test, -EINVAL, dw_edma_probe(&fake->chip));
	KUNIT_EXPECT_NULL(test, fake->chip.dw);
	KUNIT_EXPECT_EQ(test, before, lifetime_devres(fake->dev));
	KUNIT_EXPECT_EQ(test, refs, kref_read(&fake->dev->kobj.kref));
}

/* Clients see the DMA device, and pin the module that the chip names */
static void three_devices_test(struct kunit *test)
{
	struct dw_edma_fake *fake = dw_edma_fake_create(test, 0, 1, 1, 1);
	struct device *dma_dev = kunit_device_register(test, "dma");
	struct device *irq_dev = kunit_device_register(test, "irq");
	struct dma_chan *dchan;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dma_dev);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, irq_dev);
	swap(dma_dev->dma_parms, fake->dev->dma_parms);
	/* Only this one knows the interrupts */
	dev_set_drvdata(irq_dev, fake);
	dev_set_drvdata(fake->dev, NULL);

	fake->chip.dma_dev = dma_dev;
	fake->chip.irq_dev = irq_dev;
	fake->chip.owner = THIS_MODULE;
	KUNIT_ASSERT_EQ(test, 0, dw_edma_probe(&fake->chip));
	KUNIT_EXPECT_EQ(test, fake->irq[0], fake->chip.dw->irq[0].nr);

	dchan = dw_edma_fake_get(fake, EDMA_DIR_READ, 0);
	KUNIT_ASSERT_NOT_NULL(test, dchan);
	KUNIT_EXPECT_PTR_EQ(test, dma_dev, dmaengine_get_dma_device(dchan));
	KUNIT_EXPECT_PTR_EQ(test, THIS_MODULE, dchan->device->owner);
	dma_release_channel(dchan);
}

static struct kunit_case dw_edma_lifetime_cases[] = {
	KUNIT_CASE(callbacks_test),
	KUNIT_CASE(late_calls_test),
	KUNIT_CASE(late_issue_test),
	KUNIT_CASE(no_new_clients_test),
	KUNIT_CASE(reserved_test),
	KUNIT_CASE(no_devres_test),
	KUNIT_CASE(failed_probe_test),
	KUNIT_CASE(three_devices_test),
	{}
};

static struct kunit_suite dw_edma_lifetime_suite = {
	.name = "dw-edma-lifetime",
	.test_cases = dw_edma_lifetime_cases,
};

kunit_test_suite(dw_edma_lifetime_suite);
