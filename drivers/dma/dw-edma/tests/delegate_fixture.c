// SPDX-License-Identifier: GPL-2.0
/*
 * An engine with two channels of each direction, of which some are to be handed over
 */

#include <linux/irq.h>

#include "../dw-hdma-v0-regs.h"
#include "delegate_fixture.h"

struct dw_edma_fake *delegate_fake(struct kunit *test)
{
	struct dw_edma_fake *fake;

	fake = dw_edma_fake_create(test, DW_EDMA_CHIP_LOCAL, 2, 2, 1);
	irqd_set_trigger_type(irq_get_irq_data(fake->irq[0]),
			      IRQ_TYPE_LEVEL_HIGH);
	KUNIT_ASSERT_EQ(test, 0, dw_edma_probe(&fake->chip));

	return fake;
}

/* One whose channels share no registers */
struct dw_edma_fake *delegate_native(struct kunit *test)
{
	struct dw_edma_fake *fake;

	fake = dw_edma_fake_create(test, DW_EDMA_CHIP_LOCAL, 2, 2, 1);
	fake->chip.mf = EDMA_MF_HDMA_NATIVE;
	KUNIT_ASSERT_EQ(test, 0, dw_edma_probe(&fake->chip));

	return fake;
}

/* Of a READ channel */
struct dw_hdma_v0_ch_regs *delegate_native_regs(struct dw_edma_fake *fake, int ch)
{
	return &((struct dw_hdma_v0_regs *)fake->regs)->ch[ch].rd;
}

/* A READ channel */
struct dma_chan *delegate_reserve(struct kunit *test,
				  struct dw_edma_fake *fake, int ch)
{
	struct dma_chan *dchan;

	dchan = dw_edma_reserve_channel(&fake->chip, EDMA_DIR_READ, ch);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dchan);

	return dchan;
}
