// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of the MSI messages that dw-edma programs into the engine
 *
 * The invariant: what the engine sends for a channel raises the very interrupt
 * that this channel's handler is registered for, or the driver refuses. Judged by
 * the registers alone: address per direction, 16 bits of data per channel.
 */

#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/msi.h>

#include "dw_edma_fake.h"

#define ADDR	0xfee00000
#define DATA	0x4020

/*
 * The interrupts of the fake are the vectors of one multi-MSI descriptor or,
 * with @msix, have one descriptor each.
 */
static struct dw_edma_fake *msi_fake(struct kunit *test, int nr_irqs, bool msix)
{
	struct dw_edma_fake *fake = dw_edma_fake_create(test, 0, 2, 2, nr_irqs);
	struct msi_desc *desc;
	int i;

	desc = kunit_kcalloc(test, FAKE_MAX_IRQS, sizeof(*desc), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, desc);
	for (i = 0; i < FAKE_MAX_IRQS; i++) {
		desc[i].irq = fake->irq[i];
		desc[i].nvec_used = msix ? 1 : FAKE_MAX_IRQS;
		desc[i].pci.msi_attrib.is_msix = msix;
		desc[i].msg.address_lo = ADDR;
		desc[i].msg.data = DATA + i;
		irq_get_irq_data(fake->irq[i])->common->msi_desc =
			&desc[msix ? i : 0];
	}

	return fake;
}

static struct msi_desc *msi_desc_of(struct dw_edma_fake *fake, int i)
{
	return irq_get_msi_desc(fake->irq[i]);
}

static void msi_cleanup(struct dw_edma_fake *fake)
{
	int i;

	if (fake->chip.dw)
		dw_edma_remove(&fake->chip);
	for (i = 0; i < FAKE_MAX_IRQS; i++)
		irq_get_irq_data(fake->irq[i])->common->msi_desc = NULL;
}

static u16 msi_data(u32 reg, int ch)
{
	return reg >> (16 * (ch & 1));
}

/* A single vector that is not the function's first one */
static void single_tail_test(struct kunit *test)
{
	struct dw_edma_fake *fake = msi_fake(test, 1, false);

	fake->first = 3;
	KUNIT_EXPECT_EQ(test, 0, dw_edma_probe(&fake->chip));
	KUNIT_EXPECT_EQ(test, ADDR, fake->regs->rd_done_imwr.lsb);
	KUNIT_EXPECT_EQ(test, ADDR, fake->regs->rd_abort_imwr.lsb);
	KUNIT_EXPECT_EQ(test, DATA + 3, msi_data(fake->regs->rd_ch01_imwr_data, 0));
	KUNIT_EXPECT_EQ(test, DATA + 3, msi_data(fake->regs->rd_ch01_imwr_data, 1));
	KUNIT_EXPECT_EQ(test, DATA + 3, msi_data(fake->regs->wr_ch01_imwr_data, 1));
	msi_cleanup(fake);
}

/* Several of them: write channels first, one each */
static void several_tail_test(struct kunit *test)
{
	struct dw_edma_fake *fake = msi_fake(test, 4, false);

	fake->first = 4;
	KUNIT_EXPECT_EQ(test, 0, dw_edma_probe(&fake->chip));
	KUNIT_EXPECT_EQ(test, DATA + 4, msi_data(fake->regs->wr_ch01_imwr_data, 0));
	KUNIT_EXPECT_EQ(test, DATA + 5, msi_data(fake->regs->wr_ch01_imwr_data, 1));
	KUNIT_EXPECT_EQ(test, DATA + 6, msi_data(fake->regs->rd_ch01_imwr_data, 0));
	KUNIT_EXPECT_EQ(test, DATA + 7, msi_data(fake->regs->rd_ch01_imwr_data, 1));
	msi_cleanup(fake);
}

/* MSI-X has a message for each vector */
static void msix_test(struct kunit *test)
{
	struct dw_edma_fake *fake = msi_fake(test, 4, true);

	msi_desc_of(fake, 3)->msg.data = 0x77;
	KUNIT_EXPECT_EQ(test, 0, dw_edma_probe(&fake->chip));
	KUNIT_EXPECT_EQ(test, DATA + 2, msi_data(fake->regs->rd_ch01_imwr_data, 0));
	KUNIT_EXPECT_EQ(test, 0x77, msi_data(fake->regs->rd_ch01_imwr_data, 1));
	msi_cleanup(fake);
}

/* One address for a direction: its channels share the vector that has it */
static void msix_address_test(struct kunit *test)
{
	struct dw_edma_fake *fake = msi_fake(test, 4, true);
	struct dw_edma *dw;

	msi_desc_of(fake, 3)->msg.address_lo = ADDR + 0x1000;
	KUNIT_EXPECT_EQ(test, 0, dw_edma_probe(&fake->chip));
	KUNIT_EXPECT_EQ(test, ADDR, fake->regs->rd_done_imwr.lsb);
	KUNIT_EXPECT_EQ(test, DATA + 2, msi_data(fake->regs->rd_ch01_imwr_data, 0));
	KUNIT_EXPECT_EQ(test, DATA + 2, msi_data(fake->regs->rd_ch01_imwr_data, 1));
	/* The other direction has its own address */
	KUNIT_EXPECT_EQ(test, DATA + 1, msi_data(fake->regs->wr_ch01_imwr_data, 1));

	dw = fake->chip.dw;
	KUNIT_EXPECT_EQ(test, 3, dw->irq[2].rd_mask[0]);
	KUNIT_EXPECT_EQ(test, 0, dw->irq[3].rd_mask[0]);
	msi_cleanup(fake);
}

/* Data that the registers cannot hold would raise somebody else's interrupt */
static void wide_data_test(struct kunit *test)
{
	struct dw_edma_fake *fake = msi_fake(test, 4, true);
	int i;

	msi_desc_of(fake, 1)->msg.data = 0x10000;
	KUNIT_EXPECT_EQ(test, -EINVAL, dw_edma_probe(&fake->chip));
	/* And all interrupts are free again */
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_FALSE(test, irq_has_action(fake->irq[i]));
	msi_cleanup(fake);
}

/* The engine is not told when an interrupt moves, so it must not */
static void affinity_test(struct kunit *test)
{
	struct dw_edma_fake *fake = msi_fake(test, 1, false);

	KUNIT_EXPECT_EQ(test, 0, dw_edma_probe(&fake->chip));
	KUNIT_EXPECT_FALSE(test,
			   irqd_can_balance(irq_get_irq_data(fake->irq[0])));
	msi_cleanup(fake);
}

static struct kunit_case dw_edma_msi_cases[] = {
	KUNIT_CASE(single_tail_test),
	KUNIT_CASE(several_tail_test),
	KUNIT_CASE(msix_test),
	KUNIT_CASE(msix_address_test),
	KUNIT_CASE(wide_data_test),
	KUNIT_CASE(affinity_test),
	{}
};

static struct kunit_suite dw_edma_msi_suite = {
	.name = "dw-edma-msi",
	.test_cases = dw_edma_msi_cases,
};

kunit_test_suite(dw_edma_msi_suite);
