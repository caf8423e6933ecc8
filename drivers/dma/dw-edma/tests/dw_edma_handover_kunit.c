// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of handing a reserved channel to the other side, and of taking it back
 *
 * The invariant: what the other side does with its channels is none of our
 * business, and what we do with ours never reaches its registers.
 */

#include "../dw-hdma-v0-regs.h"
#include "delegate_fixture.h"

/* Routing is for reserved, idle channels, and masks the local interrupt */
static void irq_mode_test(struct kunit *test)
{
	struct dw_edma_fake *fake = delegate_fake(test);
	struct dma_chan *client = dw_edma_fake_get(fake, EDMA_DIR_WRITE, 0);
	struct dma_chan *dchan = delegate_reserve(test, fake, 1);
	struct dw_edma_fake_client xfer;

	KUNIT_ASSERT_NOT_NULL(test, client);
	KUNIT_EXPECT_EQ(test, -EINVAL,
			dw_edma_set_irq_mode(client, DW_EDMA_CH_IRQ_REMOTE));
	dma_release_channel(client);
	KUNIT_EXPECT_EQ(test, -EINVAL, dw_edma_set_irq_mode(dchan, 2));

	dw_edma_fake_submit(test, dchan, &xfer);
	KUNIT_EXPECT_EQ(test, -EBUSY,
			dw_edma_set_irq_mode(dchan, DW_EDMA_CH_IRQ_REMOTE));
	dma_async_issue_pending(dchan);
	KUNIT_EXPECT_EQ(test, -EBUSY,
			dw_edma_set_irq_mode(dchan, DW_EDMA_CH_IRQ_REMOTE));
	*dw_edma_fake_control1(fake, EDMA_DIR_READ, 1) = FAKE_CS_STOPPED;
	dmaengine_terminate_sync(dchan);

	/* Not while the last user could not stop it */
	dw_edma_fake_chan(fake, EDMA_DIR_READ, 1)->status = EDMA_ST_BUSY;
	KUNIT_EXPECT_EQ(test, -EBUSY,
			dw_edma_set_irq_mode(dchan, DW_EDMA_CH_IRQ_REMOTE));
	dw_edma_fake_chan(fake, EDMA_DIR_READ, 1)->status = EDMA_ST_IDLE;

	/* Nothing to do: the mask is left alone */
	fake->regs->rd_int_mask = 0;
	KUNIT_EXPECT_EQ(test, 0, dw_edma_set_irq_mode(dchan, DW_EDMA_CH_IRQ_LOCAL));
	KUNIT_EXPECT_EQ(test, 0, fake->regs->rd_int_mask);

	fake->regs->rd_int_mask = 0;
	KUNIT_EXPECT_EQ(test, 0,
			dw_edma_set_irq_mode(dchan, DW_EDMA_CH_IRQ_REMOTE));
	KUNIT_EXPECT_EQ(test, BIT(1) | BIT(17), fake->regs->rd_int_mask);
	/* Its completion would never be seen here */
	KUNIT_EXPECT_NULL(test, dw_edma_fake_prep(dchan));

	dw_edma_release_channel(dchan);
	KUNIT_EXPECT_EQ(test, DW_EDMA_CH_IRQ_LOCAL,
			dw_edma_fake_chan(fake, EDMA_DIR_READ, 1)->irq_mode);
}

/* There is no doorbell: nobody is told where it would be */
static void no_doorbell_test(struct kunit *test)
{
	static const int irqs[] = { 0, -EINVAL };
	const resource_size_t none = ~(resource_size_t)0;
	struct dw_edma_fake *fake = delegate_fake(test);
	struct dw_edma_chip *chip = fake->chip.dw->chip;
	int i, irq = chip->db_irq;
	struct dma_chan *dchan;

	for (i = 0; i < ARRAY_SIZE(irqs); i++) {
		chip->db_irq = irqs[i];
		chip->db_offset = none;
		dchan = dw_edma_reserve_channel(&fake->chip, EDMA_DIR_READ, 0);
		KUNIT_EXPECT_FALSE(test, IS_ERR(dchan));
		KUNIT_EXPECT_EQ(test, none, chip->db_offset);
		if (!IS_ERR(dchan))
			dw_edma_release_channel(dchan);
		KUNIT_EXPECT_EQ(test, none, chip->db_offset);
	}
	chip->db_irq = irq;
}

/* The status of a channel that is not ours stays, its local interrupt does not */
static void unmasked_by_host_test(struct kunit *test)
{
	struct dw_edma_fake *fake = delegate_fake(test);
	struct dma_chan *dchan = delegate_reserve(test, fake, 1);

	KUNIT_ASSERT_EQ(test, 0,
			dw_edma_set_irq_mode(dchan, DW_EDMA_CH_IRQ_REMOTE));
	fake->regs->rd_int_mask = 0;
	fake->regs->rd_int_clear = 0;
	fake->regs->rd_int_status = BIT(1);
	dw_edma_fake_irq(fake, 0);

	KUNIT_EXPECT_EQ(test, BIT(1) | BIT(17), fake->regs->rd_int_mask);
	KUNIT_EXPECT_EQ(test, 0, fake->regs->rd_int_clear);
	fake->regs->rd_int_status = 0;
	dw_edma_release_channel(dchan);
}

/* Native HDMA can raise a third interrupt, which the driver does not use */
static void watermark_test(struct kunit *test)
{
	struct dw_edma_fake *fake = delegate_native(test);
	struct dw_hdma_v0_ch_regs *ch = delegate_native_regs(fake, 1);
	struct dma_chan *dchan;

	dchan = delegate_reserve(test, fake, 1);
	KUNIT_ASSERT_EQ(test, 0,
			dw_edma_set_irq_mode(dchan, DW_EDMA_CH_IRQ_REMOTE));

	ch->int_setup = HDMA_V0_STOP_INT_MASK | HDMA_V0_ABORT_INT_MASK;
	ch->int_stat = HDMA_V0_WATERMARK_INT_MASK;
	ch->int_clear = 0;
	dw_edma_fake_irq(fake, 0);
	KUNIT_EXPECT_EQ(test, HDMA_V0_ALL_INT_MASK, ch->int_setup);
	KUNIT_EXPECT_EQ(test, 0, ch->int_clear);

	/* Nor is it there when the channel is a local one again */
	ch->int_setup = 0;
	ch->watermark_en = 3;
	ch->handshake = 1;
	dw_edma_release_channel(dchan);
	KUNIT_EXPECT_EQ(test, HDMA_V0_ALL_INT_MASK, ch->int_setup);
	KUNIT_EXPECT_EQ(test, HDMA_V0_ALL_INT_MASK, ch->int_clear);
	KUNIT_EXPECT_EQ(test, 0, ch->watermark_en);
	KUNIT_EXPECT_EQ(test, 0, ch->handshake);
}

/* Quiesce stops the direction and leaves nothing behind, nor touches the other */
static void quiesce_test(struct kunit *test)
{
	struct dw_edma_fake *fake = delegate_fake(test);
	struct dma_chan *client = dw_edma_fake_get(fake, EDMA_DIR_WRITE, 0);
	struct dma_chan *dchan = delegate_reserve(test, fake, 1);
	struct dw_edma_v0_ch_regs *ch = &fake->regs->type.unroll.ch[1].rd;

	KUNIT_ASSERT_NOT_NULL(test, client);
	KUNIT_EXPECT_EQ(test, -EINVAL, dw_edma_quiesce_channel(client));
	dma_release_channel(client);

	fake->regs->wr_engine_en = 1;
	fake->regs->rd_engine_en = 1;
	fake->regs->rd_done_imwr.lsb = 0xfee00000;
	memset(ch, 0x5a, sizeof(*ch));
	KUNIT_EXPECT_EQ(test, 0, dw_edma_quiesce_channel(dchan));

	KUNIT_EXPECT_EQ(test, 0, fake->regs->rd_engine_en);
	KUNIT_EXPECT_EQ(test, 1, fake->regs->wr_engine_en);
	KUNIT_EXPECT_EQ(test, 0, fake->regs->rd_done_imwr.lsb);
	KUNIT_EXPECT_EQ(test, 0, ch->llp.lsb);
	KUNIT_EXPECT_EQ(test, 0, ch->llp.msb);
	KUNIT_EXPECT_EQ(test, 0, ch->ch_control1);
	KUNIT_EXPECT_EQ(test, 0, ch->ch_control2);
	dw_edma_release_channel(dchan);
}

/* Who calls hears of a channel that does not stop, and it is left as it is */
static void stuck_test(struct kunit *test)
{
	struct dw_edma_fake *fake = delegate_native(test);
	struct dw_hdma_v0_ch_regs *ch = delegate_native_regs(fake, 1);
	struct dma_chan *dchan;

	dchan = delegate_reserve(test, fake, 1);

	ch->ch_stat = 1;
	ch->llp.lsb = 0x5a5a5a5a;
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, dw_edma_quiesce_channel(dchan));
	KUNIT_EXPECT_EQ(test, 0x5a5a5a5a, ch->llp.lsb);

	ch->ch_stat = 3;
	KUNIT_EXPECT_EQ(test, 0, dw_edma_quiesce_channel(dchan));
	KUNIT_EXPECT_EQ(test, 0, ch->llp.lsb);
	dw_edma_release_channel(dchan);
}

/* One that does not stop is given back all the same, but nobody can use it */
static void stuck_release_test(struct kunit *test)
{
	struct dw_edma_fake *fake = delegate_native(test);
	struct dw_hdma_v0_ch_regs *ch = delegate_native_regs(fake, 1);
	struct dw_edma_chan *chan;
	struct dma_chan *dchan;

	chan = dw_edma_fake_chan(fake, EDMA_DIR_READ, 1);
	dchan = delegate_reserve(test, fake, 1);

	ch->ch_stat = 1;
	dw_edma_release_channel(dchan);
	KUNIT_EXPECT_FALSE(test, chan->reserved);
	KUNIT_EXPECT_EQ(test, EDMA_ST_BUSY, chan->status);
	KUNIT_EXPECT_NULL(test, dw_edma_fake_get(fake, EDMA_DIR_READ, 1));

	ch->ch_stat = 3;
	chan->status = EDMA_ST_IDLE;
	dw_edma_release_channel(delegate_reserve(test, fake, 1));
}

/* After release it is a local channel like any other */
static void local_again_test(struct kunit *test)
{
	struct dw_edma_fake *fake = delegate_fake(test);
	struct dma_chan *dchan = delegate_reserve(test, fake, 0);
	struct dw_edma_fake_client xfer;

	KUNIT_ASSERT_EQ(test, 0,
			dw_edma_set_irq_mode(dchan, DW_EDMA_CH_IRQ_REMOTE));
	dw_edma_release_channel(dchan);

	dchan = dw_edma_fake_get(fake, EDMA_DIR_READ, 0);
	KUNIT_ASSERT_NOT_NULL(test, dchan);
	dw_edma_fake_submit(test, dchan, &xfer);
	dma_async_issue_pending(dchan);
	KUNIT_EXPECT_EQ(test, 1, fake->regs->rd_engine_en);
	KUNIT_EXPECT_EQ(test, 0, fake->regs->rd_int_mask & (BIT(0) | BIT(16)));
	fake->regs->rd_int_status = BIT(0);
	dw_edma_fake_irq(fake, 0);
	fake->regs->rd_int_status = 0;
	KUNIT_EXPECT_TRUE(test, dw_edma_fake_called(&xfer));
	dma_release_channel(dchan);
}

static struct kunit_case dw_edma_handover_cases[] = {
	KUNIT_CASE(irq_mode_test),
	KUNIT_CASE(no_doorbell_test),
	KUNIT_CASE(unmasked_by_host_test),
	KUNIT_CASE(watermark_test),
	KUNIT_CASE(quiesce_test),
	KUNIT_CASE(stuck_test),
	KUNIT_CASE(stuck_release_test),
	KUNIT_CASE(local_again_test),
	{}
};

static struct kunit_suite dw_edma_handover_suite = {
	.name = "dw-edma-handover",
	.test_cases = dw_edma_handover_cases,
};

kunit_test_suite(dw_edma_handover_suite);
